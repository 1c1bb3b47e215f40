using System.Globalization;
using System.Reflection;

namespace CharFinder;

/// <summary>Unicode's blocks: which part of the standard a code point belongs to. Any thread; nothing changes once it is made.</summary>
internal sealed class UnicodeBlocks
{
    /// <summary>What the standard calls the block of code points that are in none.</summary>
    public const string None = "No_Block";

    private static readonly Lazy<UnicodeBlocks> s_shared = new(OfProgram);

    private readonly List<CodeRange> _ranges = [];
    private readonly List<string> _names = [];

    private UnicodeBlocks(TextReader lines)
    {
        Version = lines.ReadLine()!["Unicode ".Length..];
        while (lines.ReadLine() is { } line)
        {
            var name = line.IndexOf(';');
            var dots = line.IndexOf("..", StringComparison.Ordinal);
            _ranges.Add(new CodeRange(Code(line.AsSpan(..dots)), Code(line.AsSpan((dots + 2)..name))));
            _names.Add(line[(name + 1)..]);
        }
    }

    /// <summary>The blocks that come with the program.</summary>
    public static UnicodeBlocks Shared => s_shared.Value;

    /// <summary>The version of the Unicode Standard, as <c>15.1.0</c>.</summary>
    public string Version { get; }

    /// <summary>All blocks, ascending.</summary>
    public IEnumerable<(CodeRange Codes, string Name)> All => _ranges.Zip(_names);

    /// <summary>The block's name, the same object each time; <see cref="None"/> for a code point that is in none.</summary>
    public string NameOf(int code)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (code < _ranges[middle].First)
                high = middle - 1;
            else if (code > _ranges[middle].Last)
                low = middle + 1;
            else
                return _names[middle];
        }

        return None;
    }

    private static UnicodeBlocks OfProgram()
    {
        using var lines = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("blocks.txt")!);
        return new UnicodeBlocks(lines);
    }

    private static int Code(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
