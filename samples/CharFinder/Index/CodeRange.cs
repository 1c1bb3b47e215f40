namespace CharFinder;

/// <summary>Code points that follow each other, from the first to the last.</summary>
internal readonly record struct CodeRange(int First, int Last)
{
    public int Count => Last - First + 1;

    /// <summary>What two sets have in common. Each is given, and the result is, as ascending ranges that do not touch.</summary>
    public static CodeRange[] Intersect(ReadOnlySpan<CodeRange> left, ReadOnlySpan<CodeRange> right)
    {
        var common = new List<CodeRange>();
        while (!left.IsEmpty && !right.IsEmpty)
        {
            var first = Math.Max(left[0].First, right[0].First);
            var last = Math.Min(left[0].Last, right[0].Last);
            if (first <= last)
                common.Add(new CodeRange(first, last));

            if (left[0].Last < right[0].Last)
                left = left[1..];
            else
                right = right[1..];
        }

        return [.. common];
    }
}
