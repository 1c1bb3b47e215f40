using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace KestrelPeer;

/// <summary>What the HTTP benchmarks ask for, as minimal APIs.</summary>
internal static class Hello
{
    private static readonly byte[] s_large = [.. Enumerable.Repeat((byte)'x', 1024 * 1024)];

    public static void Map(WebApplication app)
    {
        app.MapGet("/", () => TypedResults.Text("Hello, World!")); // with a length, not in chunks
        app.MapGet("/json", () => new Message("Hello, World!"));
        app.MapGet("/1mb", () => Results.Bytes(s_large, "application/octet-stream"));
    }

    private sealed record Message(string Text);
}
