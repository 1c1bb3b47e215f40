namespace ChaosProxy;

/// <summary>A request's head, understood as far as a proxy needs.</summary>
internal sealed class HttpRequest
{
    private HttpRequest(HttpHead head, string method, string target, string version)
    {
        Head = head;
        Method = method;
        Target = target;
        Body = BodyFraming.OfRequest(head);
        KeepsOpen = version == "HTTP/1.1" ? !head.HasElement("Connection", "close") : head.HasElement("Connection", "keep-alive");
    }

    public HttpHead Head { get; }

    public string Method { get; }

    /// <summary>What is asked for, as it was written.</summary>
    public string Target { get; }

    public BodyFraming Body { get; }

    /// <summary>Whether the client wants to ask more over this connection.</summary>
    public bool KeepsOpen { get; }

    /// <summary>Whether it may be sent again over another connection when this one turned out to be closed.</summary>
    public bool IsRepeatable => Body.Kind is BodyKind.None && Method is "GET" or "HEAD" or "OPTIONS" or "TRACE";

    /// <summary>The target without the host and the query.</summary>
    public string Path
    {
        get
        {
            var scheme = Target.IndexOf("://", StringComparison.Ordinal);
            var start = Target.StartsWith('/') || scheme < 0 ? 0 : Target.IndexOf('/', scheme + 3);
            var path = start < 0 ? "/" : Target[start..];
            return path.Split('?', 2)[0];
        }
    }

    /// <exception cref="InvalidDataException">It is no request of HTTP/1.0 or 1.1.</exception>
    public static HttpRequest Parse(ReadOnlySpan<byte> bytes)
    {
        var head = HttpHead.Parse(bytes);
        if (head.StartLine.Split(' ') is not [{ Length: > 0 } method, { Length: > 0 } target, "HTTP/1.0" or "HTTP/1.1"]
            || !method.All(HttpHead.IsTokenCharacter))
        {
            throw new InvalidDataException("the first line is not that of a request of HTTP/1.0 or 1.1");
        }

        return new HttpRequest(head, method, target, head.StartLine[^8..]);
    }
}
