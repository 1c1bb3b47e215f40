using System.Text;

namespace CharFinder;

/// <summary>Collects the characters of every word. Characters have to come in ascending order, so that neighbours become ranges.</summary>
internal sealed class IndexBuilder(UnicodeNames names)
{
    // These have nothing in their names to search for but what they are.
    private static readonly string[] s_ideographs = ["CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"];

    private readonly Dictionary<string, List<CodeRange>> _words = new(1 << 15, StringComparer.Ordinal);

    /// <summary>The index of all characters that have a name.</summary>
    public static IndexData OfAll(UnicodeNames names)
    {
        var builder = new IndexBuilder(names);
        foreach (var run in names.Runs)
            builder.Add(new CodeRange(run.First, run.Last));
        return builder.Build();
    }

    /// <summary>The index of some characters; those without a name are left out.</summary>
    public static IndexData Of(UnicodeNames names, IEnumerable<int> codes)
    {
        var builder = new IndexBuilder(names);
        foreach (var code in codes.Order().Distinct())
            builder.Add(new CodeRange(code, code));
        return builder.Build();
    }

    private void Add(CodeRange run)
    {
        Span<char> name = stackalloc char[UnicodeNames.MaximumLength];
        for (var code = run.First; code <= run.Last; code++)
        {
            if (!names.TryWrite(code, name, out var length))
                continue;

            if (IdeographWords(name[..length]) is not { } words)
            {
                AddWords(name[..length], new CodeRange(code, code));
                continue;
            }

            // Such characters come in runs of their own kind.
            AddWords(words, run);
            return;
        }
    }

    private static string? IdeographWords(ReadOnlySpan<char> name)
    {
        foreach (var words in s_ideographs)
        {
            if (name.StartsWith(words))
                return words;
        }

        return null;
    }

    private void AddWords(ReadOnlySpan<char> name, CodeRange codes)
    {
        var lookup = _words.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var part in name.SplitAny(' ', '-'))
        {
            var word = name[part];
            if (word.IsEmpty)
                continue;
            if (!lookup.TryGetValue(word, out var ranges))
                lookup[word] = ranges = [];
            Append(ranges, codes);
        }
    }

    private static void Append(List<CodeRange> ranges, CodeRange codes)
    {
        if (ranges is not [.., var last] || last.Last < codes.First - 1)
            ranges.Add(codes);
        else if (last.Last < codes.Last)
            ranges[^1] = new CodeRange(last.First, codes.Last);
    }

    private IndexData Build()
    {
        var letters = new MemoryStream();
        var wordEnds = new List<int>(_words.Count);
        var rangeEnds = new List<int>(_words.Count);
        var ranges = new List<CodeRange>(_words.Count * 2);
        foreach (var (word, found) in _words.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            letters.Write(Encoding.ASCII.GetBytes(word));
            ranges.AddRange(found);
            wordEnds.Add((int)letters.Length);
            rangeEnds.Add(ranges.Count);
        }

        return new IndexData(letters.ToArray(), [.. wordEnds], [.. rangeEnds], [.. ranges]);
    }
}
