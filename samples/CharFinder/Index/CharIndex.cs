// CharIndex: which characters have a word in their names.
// Thread: any; nothing changes once it is made.
//   1. Words are in upper case, ascending by their bytes.
//   2. A word's characters are ascending ranges that do not touch: "CJK" has 98,885 characters in 19 of them.
using System.Text;

namespace CharFinder;

/// <summary>Finds characters by the words of their names.</summary>
internal sealed class CharIndex
{
    private readonly IndexData _data;

    /// <summary>An index made before.</summary>
    public CharIndex(UnicodeNames names, IndexData data)
    {
        Names = names;
        _data = data;
    }

    /// <summary>The names that the index is of.</summary>
    public UnicodeNames Names { get; }

    /// <summary>How many words there are.</summary>
    public int WordCount => _data.WordEnds.Length;

    /// <summary>The arrays, to be saved.</summary>
    public IndexData Data => _data;

    /// <summary>Makes the index of all characters, which takes a tenth of a second: in a thread, on a loop.</summary>
    public static CharIndex Build(UnicodeNames names) => new(names, IndexBuilder.OfAll(names));

    /// <summary>Makes the index of some characters.</summary>
    public static CharIndex Build(UnicodeNames names, IEnumerable<int> codes) => new(names, IndexBuilder.Of(names, codes));

    /// <summary>The characters that have all words of the query in their names; none if it has no word. Microseconds,
    /// however many are found: names are made when results are looked at.</summary>
    public SearchResult Search(string query)
    {
        ReadOnlySpan<CodeRange> common = default;
        var isFirst = true;
        foreach (var word in Words.Of(query))
        {
            var found = Find(word);
            common = isFirst ? found : CodeRange.Intersect(common, found);
            isFirst = false;
            if (common.IsEmpty)
                break;
        }

        return new SearchResult(query, Names, common.ToArray());
    }

    /// <summary>Whether any name has the word, whatever its case.</summary>
    public bool Has(string word) => !Find(word.ToUpperInvariant()).IsEmpty;

    /// <summary>How many characters each word has: the most frequent first, equally frequent ones by the alphabet.</summary>
    public IEnumerable<(int Count, string Word)> CountWords() =>
        Enumerable.Range(0, WordCount).Select(place => (CountOf(place), WordAt(place))).OrderByDescending(word => word.Item1);

    private ReadOnlySpan<CodeRange> Find(string word)
    {
        var wanted = Encoding.UTF8.GetBytes(word).AsSpan();
        var (low, high) = (0, WordCount - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = LettersAt(middle).SequenceCompareTo(wanted);
            if (order is 0)
                return RangesAt(middle);
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return default;
    }

    private int CountOf(int place)
    {
        var count = 0;
        foreach (var range in RangesAt(place))
            count += range.Count;
        return count;
    }

    private string WordAt(int place) => Encoding.ASCII.GetString(LettersAt(place));

    private ReadOnlySpan<byte> LettersAt(int place) => _data.Letters.AsSpan(Start(_data.WordEnds, place).._data.WordEnds[place]);

    private ReadOnlySpan<CodeRange> RangesAt(int place) => _data.Ranges.AsSpan(Start(_data.RangeEnds, place).._data.RangeEnds[place]);

    private static int Start(int[] ends, int place) => place is 0 ? 0 : ends[place - 1];
}
