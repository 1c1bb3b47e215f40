// UnicodeNames: the name of every Unicode character that has one.
// Thread: any; nothing changes once it is made.
//   1. Runs ascend and do not overlap.
//   2. Name n is _letters[_ends[n - 1] .. _ends[n]]; the names of a run of own names are neighbours.
using System.Globalization;
using System.Text;

namespace CharFinder;

/// <summary>The names of Unicode's characters, from the Unicode database; those of ideographs and Hangul syllables by rule.</summary>
internal sealed class UnicodeNames
{
    /// <summary>Room for any name; the longest has 88 letters.</summary>
    public const int MaximumLength = 128;

    private static readonly Lazy<UnicodeNames> s_shared = new(() => new UnicodeNames(NamesFile.OfProgram()));

    private readonly byte[] _letters;
    private readonly int[] _ends;
    private readonly NameRun[] _runs;

    private UnicodeNames(NamesFile file)
    {
        (_letters, _ends, _runs) = (file.Letters, file.Ends, file.Runs);
        (Version, Fingerprint) = (file.Version, file.Fingerprint);
    }

    /// <summary>The names that come with the program. The first caller unpacks them, which takes some milliseconds.</summary>
    public static UnicodeNames Shared => s_shared.Value;

    /// <summary>The version of the Unicode Standard, as <c>15.1.0</c>.</summary>
    public string Version { get; }

    /// <summary>A number that differs when the names do.</summary>
    public uint Fingerprint { get; }

    /// <summary>All characters that have a name, ascending.</summary>
    public ReadOnlySpan<NameRun> Runs => _runs;

    /// <summary>A character's name; null if it has none (a control, a surrogate, private use, not assigned).</summary>
    public string? NameOf(int code)
    {
        Span<char> name = stackalloc char[MaximumLength];
        return TryWrite(code, name, out var length) ? name[..length].ToString() : null;
    }

    /// <summary>Writes a character's name without making a string; false if it has none.</summary>
    /// <param name="code">The code point; any number is allowed.</param>
    /// <param name="name">Room for <see cref="MaximumLength"/> letters.</param>
    /// <param name="length">How many letters the name has.</param>
    public bool TryWrite(int code, Span<char> name, out int length)
    {
        length = 0;
        if (FindRun(code) is not { } run)
            return false;

        length = Encoding.ASCII.GetChars(Letters(run.Rule is NameRule.Own ? run.Place + code - run.First : run.Place), name);
        if (run.Rule is NameRule.Hexadecimal)
        {
            code.TryFormat(name[length..], out var digits, "X4", CultureInfo.InvariantCulture);
            length += digits;
        }
        else if (run.Rule is NameRule.Hangul)
        {
            length += HangulSyllable.Write(code, name[length..]);
        }

        return true;
    }

    private NameRun? FindRun(int code)
    {
        var (low, high) = (0, _runs.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (code < _runs[middle].First)
                high = middle - 1;
            else if (code > _runs[middle].Last)
                low = middle + 1;
            else
                return _runs[middle];
        }

        return null;
    }

    private ReadOnlySpan<byte> Letters(int place) => _letters.AsSpan((place is 0 ? 0 : _ends[place - 1]).._ends[place]);
}
