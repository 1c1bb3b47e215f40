using System.Text;

namespace ChaosProxy;

/// <summary>The first line and the headers of a message, in the order in which they came.</summary>
internal sealed class HttpHead
{
    private const string TokenSymbols = "!#$%&'*+-.^_`|~";

    private readonly List<(string Name, string Value)> _headers = [];

    private HttpHead(string startLine) => StartLine = startLine;

    public string StartLine { get; }

    /// <summary>Reads a head that ends with an empty line.</summary>
    /// <exception cref="InvalidDataException">It is none of HTTP's.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r')).SkipWhile(line => line.Length == 0).ToList();
        if (lines.Exists(line => line.Contains('\r')))
            throw new InvalidDataException("there is a carriage return within a line, which would end it for others");
        var head = new HttpHead(lines.FirstOrDefault() ?? throw new InvalidDataException("the head is empty"));
        foreach (var line in lines.Skip(1).TakeWhile(line => line.Length > 0))
        {
            var colon = line.IndexOf(':');
            if (colon <= 0 || !line[..colon].All(IsTokenCharacter))
                throw new InvalidDataException("a header has no name, or is folded");
            head._headers.Add((line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        return head;
    }

    /// <summary>All values of a header.</summary>
    public IEnumerable<string> Values(string name) =>
        _headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    /// <summary>Whether a header that is a list has an element.</summary>
    public bool HasElement(string name, string element) => Elements(name).Contains(element, StringComparer.OrdinalIgnoreCase);

    /// <summary>The elements of a header that is a list.</summary>
    public IEnumerable<string> Elements(string name) =>
        Values(name).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Gives a header one value, in the place of those that it had.</summary>
    public void Set(string name, string value)
    {
        var index = _headers.FindIndex(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        _headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        _headers.Insert(index < 0 ? _headers.Count : index, (name, value));
    }

    /// <summary>The head as it is sent.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var (name, value) in _headers)
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    internal static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || TokenSymbols.Contains(character);
}
