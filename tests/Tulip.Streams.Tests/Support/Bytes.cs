using System.Text;

namespace Tulip.Streams.Tests;

internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string Text(ReadOnlyMemory<byte> bytes) => Text(bytes.Span);

    public static void Feed(this AsyncStreamReader reader, string text) => reader.FeedData(Of(text));
}
