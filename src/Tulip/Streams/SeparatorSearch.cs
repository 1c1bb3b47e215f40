// SeparatorSearch: looks for separators in data that grows, without looking at the same byte over and over.
namespace Tulip;

internal sealed class SeparatorSearch(byte[][] separators, int limit)
{
    private readonly int _shortest = separators.Min(static separator => separator.Length);
    private readonly int _longest = separators.Max(static separator => separator.Length);

    // No separator begins before here.
    private int _offset;

    /// <summary>Where the separator that was found ends.</summary>
    public int MatchEnd { get; private set; }

    /// <summary>Looks at what there is now; true if a separator was found within the limit.</summary>
    /// <exception cref="LimitOverrunException">The limit was reached.</exception>
    public bool Find(ReadOnlySpan<byte> data)
    {
        if (data.Length - _offset < _shortest)
            return false;

        var start = FindFirst(data);
        if (start < 0)
        {
            // A separator may have begun within its own length of the end.
            _offset = Math.Max(0, data.Length + 1 - _longest);
            return _offset > limit
                ? throw new LimitOverrunException("Separator is not found, and chunk exceed the limit", _offset)
                : false;
        }

        return start > limit
            ? throw new LimitOverrunException("Separator is found, but chunk is longer than limit", start)
            : true;
    }

    private int FindFirst(ReadOnlySpan<byte> data)
    {
        var matchStart = -1;
        foreach (var separator in separators)
        {
            var found = data[_offset..].IndexOf(separator);
            if (found < 0)
                continue;

            var start = _offset + found;
            var end = start + separator.Length;
            if (matchStart >= 0 && end >= MatchEnd)
                continue;
            matchStart = start;
            MatchEnd = end;
        }

        return matchStart;
    }
}
