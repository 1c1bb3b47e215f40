using System.Globalization;
using System.Net;
using System.Text;

namespace Evolution;

/// <summary>A page to get: one request over a connection of its own, which the server closes after the response.</summary>
/// <param name="Server">Where the server listens.</param>
/// <param name="Number">The page's number, from 1.</param>
internal sealed record PageRequest(IPEndPoint Server, int Number)
{
    /// <summary>What is sent.</summary>
    public byte[] ToBytes() => Encoding.ASCII.GetBytes($"GET /{Number} HTTP/1.0\r\nHost: {Server}\r\n\r\n");

    /// <summary>The page's text out of all that was received.</summary>
    /// <exception cref="InvalidDataException">It is not the whole page.</exception>
    public string Parse(ReadOnlySpan<byte> received)
    {
        var text = Encoding.ASCII.GetString(received);
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (!text.StartsWith("HTTP/1.0 200 ", StringComparison.Ordinal) || body < 0)
            throw new InvalidDataException($"page {Number}: the server's answer is not a page");

        var page = text[(body + 4)..];
        return page.EndsWith("</html>\n", StringComparison.Ordinal)
            ? page
            : throw new InvalidDataException($"page {Number}: the connection ended in the middle of it");
    }

    /// <summary>The whole response of the server.</summary>
    public static byte[] Response(string number) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html><title>Page {number}</title>{new string('.', BodyLength)}</html>\n"));

    // Long enough for several receives.
    private const int BodyLength = 20_000;
}
