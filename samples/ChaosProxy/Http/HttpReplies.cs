using System.Text;

namespace ChaosProxy;

/// <summary>The pages that the proxy sends itself.</summary>
internal static class HttpReplies
{
    private static readonly Dictionary<int, (string Reason, string Text)> s_pages = new()
    {
        [400] = ("Bad Request", "The request could not be understood."),
        [408] = ("Request Timeout", "The request did not arrive in time."),
        [431] = ("Request Header Fields Too Large", "The request's headers are too large."),
        [500] = ("Internal Server Error", "The server failed on this request."),
        [501] = ("Not Implemented", "The server does not know how to do this."),
        [502] = ("Bad Gateway", "The server behind the proxy gave no valid answer."),
        [503] = ("Service Unavailable", "The server is too busy, or under maintenance. Please try again later."),
        [504] = ("Gateway Timeout", "The server behind the proxy gave no answer in time."),
    };

    /// <summary>A page that ends its connection.</summary>
    /// <param name="status">400, 408, 431, or 500 to 504.</param>
    /// <param name="method">The request's; HEAD gets no page.</param>
    public static byte[] Page(int status, string method = "GET")
    {
        var (reason, text) = s_pages[status];
        var title = $"{status} {reason}";
        var page = $"<!DOCTYPE html>\n<title>{title}</title>\n<h1>{reason}</h1>\n<p>{text}</p>\n";
        return Message($"{title}", "text/html; charset=UTF-8", method == "HEAD" ? null : page, page.Length, keepsOpen: false);
    }

    /// <summary>A document of JSON.</summary>
    /// <param name="status">The code and its reason.</param>
    /// <param name="json">The document.</param>
    /// <param name="keepsOpen">Whether the connection goes on.</param>
    public static byte[] Json(string status, string json, bool keepsOpen) =>
        Message(status, "application/json", json, Encoding.UTF8.GetByteCount(json), keepsOpen);

    private static byte[] Message(string status, string type, string? body, int length, bool keepsOpen) => Encoding.UTF8.GetBytes(
        $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n{(keepsOpen ? "" : "Connection: close\r\n")}\r\n{body}");
}
