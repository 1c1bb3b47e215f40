using System.Globalization;

namespace ChaosProxy;

/// <summary>A response's head, understood as far as a proxy needs.</summary>
internal sealed class HttpResponse
{
    private HttpResponse(HttpHead head, int status, string version, HttpRequest request)
    {
        Head = head;
        Status = status;
        Body = BodyFraming.OfResponse(head, status, request.Method);
        KeepsOpen = Body.Kind is not BodyKind.UntilClose
            && (version == "HTTP/1.1" ? !head.HasElement("Connection", "close") : head.HasElement("Connection", "keep-alive"));
        IsTunnel = status == 101 || (request.Method == "CONNECT" && status is >= 200 and < 300);
    }

    public HttpHead Head { get; }

    public int Status { get; }

    public BodyFraming Body { get; }

    /// <summary>Whether the backend takes more requests over this connection.</summary>
    public bool KeepsOpen { get; }

    /// <summary>Whether another protocol begins after the head.</summary>
    public bool IsTunnel { get; }

    /// <summary>Whether the true response is yet to come.</summary>
    public bool IsInterim => Status is >= 100 and < 200 && !IsTunnel;

    /// <exception cref="InvalidDataException">It is no response of HTTP/1.0 or 1.1.</exception>
    public static HttpResponse Parse(ReadOnlySpan<byte> bytes, HttpRequest request)
    {
        var head = HttpHead.Parse(bytes);
        if (head.StartLine.Split(' ', 3) is not ["HTTP/1.0" or "HTTP/1.1", { Length: 3 } code, ..]
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new InvalidDataException("the first line is not that of a response of HTTP/1.0 or 1.1");
        }

        return new HttpResponse(head, status, head.StartLine[..8], request);
    }
}
