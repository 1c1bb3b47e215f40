using System.Globalization;

namespace ChaosProxy;

/// <summary>How the end of a body is told.</summary>
internal enum BodyKind
{
    None,
    Length,
    Chunked,
    UntilClose,
}

/// <summary>How a message's body is framed (RFC 9112, 6.3).</summary>
/// <param name="Kind">How its end is told.</param>
/// <param name="Length">In bytes, where that is how.</param>
internal readonly record struct BodyFraming(BodyKind Kind, long Length = 0)
{
    /// <exception cref="InvalidDataException">It could be read in two ways: the backend might read another than the proxy.</exception>
    public static BodyFraming OfRequest(HttpHead head) => Of(head, new BodyFraming(BodyKind.None), isRequest: true);

    /// <exception cref="InvalidDataException">It could be read in two ways.</exception>
    public static BodyFraming OfResponse(HttpHead head, int status, string method) =>
        method == "HEAD" || status is (>= 100 and < 200) or 204 or 304
            ? new BodyFraming(BodyKind.None)
            : Of(head, new BodyFraming(BodyKind.UntilClose), isRequest: false);

    private static BodyFraming Of(HttpHead head, BodyFraming otherwise, bool isRequest)
    {
        var lengths = head.Elements("Content-Length").Distinct().ToList();
        var codings = head.Elements("Transfer-Encoding").ToList();
        if (codings.Count > 0)
        {
            if (lengths.Count > 0)
                throw new InvalidDataException("there is both Content-Length and Transfer-Encoding");
            if (codings[^1].Equals("chunked", StringComparison.OrdinalIgnoreCase))
                return new BodyFraming(BodyKind.Chunked);
            return isRequest ? throw new InvalidDataException("the body is not chunked, and has no length") : new BodyFraming(BodyKind.UntilClose);
        }

        return lengths switch
        {
            [] => otherwise,
            [var text] when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) => new BodyFraming(BodyKind.Length, length),
            _ => throw new InvalidDataException("Content-Length is not a number"),
        };
    }
}
