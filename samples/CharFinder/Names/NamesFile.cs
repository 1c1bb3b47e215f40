using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace CharFinder;

/// <summary>
/// Reads the file of names that comes with the program: Brotli around lines of ASCII, <c>0041;LATIN CAPITAL LETTER A</c> or
/// <c>3400..4DBF;CJK UNIFIED IDEOGRAPH-*</c>, ascending. <c>Data/make-names.mjs</c> makes it.
/// </summary>
internal sealed class NamesFile
{
    private const string Heading = "Unicode ";

    private readonly List<NameRun> _runs = new(1024);
    private readonly List<int> _ends = new(1 << 15);
    private readonly MemoryStream _letters = new(1 << 20);

    private NamesFile(byte[] packed)
    {
        Fingerprint = Checksum.Of(packed);
        ReadOnlySpan<byte> text = Unpack(packed);
        Version = Encoding.ASCII.GetString(Take(ref text, (byte)'\n')[Heading.Length..]);
        while (!text.IsEmpty)
            AddLine(Take(ref text, (byte)'\n'));
    }

    public string Version { get; }

    /// <summary>A number that differs when the file does.</summary>
    public uint Fingerprint { get; }

    public NameRun[] Runs => [.. _runs];

    /// <summary>All names and prefixes, one after the other.</summary>
    public byte[] Letters => _letters.ToArray();

    /// <summary>Where each of them ends in <see cref="Letters"/>.</summary>
    public int[] Ends => [.. _ends];

    public static NamesFile OfProgram()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("names.txt.br")!;
        var packed = new byte[resource.Length];
        resource.ReadExactly(packed);
        return new NamesFile(packed);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var text = new MemoryStream(1 << 21);
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        brotli.CopyTo(text);
        return text.ToArray();
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> text, byte end)
    {
        var length = text.IndexOf(end);
        var taken = text[..length];
        text = text[(length + 1)..];
        return taken;
    }

    private static int ParseCode(ReadOnlySpan<byte> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private void AddLine(ReadOnlySpan<byte> name)
    {
        var codes = Take(ref name, (byte)';');
        var dots = codes.IndexOf(".."u8);
        if (dots < 0)
        {
            AddOwn(ParseCode(codes));
            _letters.Write(name);
        }
        else
        {
            var rule = name.EndsWith("-*"u8) ? NameRule.Hexadecimal : NameRule.Hangul;
            _runs.Add(new NameRun(ParseCode(codes[..dots]), ParseCode(codes[(dots + 2)..]), rule, _ends.Count));
            _letters.Write(name[..^1]);
        }

        _ends.Add((int)_letters.Length);
    }

    private void AddOwn(int code)
    {
        if (_runs is [.., { Rule: NameRule.Own } run] && run.Last == code - 1)
            _runs[^1] = run with { Last = code };
        else
            _runs.Add(new NameRun(code, code, NameRule.Own, _ends.Count));
    }
}
