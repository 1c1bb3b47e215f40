// Records of the oracle: a program, and the trace that CPython's asyncio gave. One JSON object a line, perhaps gzipped.
using System.IO.Compression;
using System.Text.Json;

namespace Tulip.Conformance.Commands;

internal sealed record CorpusRecord(JsonElement Program, IReadOnlyList<string> Trace)
{
    public string Id => Program.GetProperty("id").ToString();
}

internal static class CorpusReader
{
    /// <summary>The names of the records that come with this program.</summary>
    public static IReadOnlyList<string> EmbeddedNames
        => [.. typeof(CorpusReader).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".jsonl.gz")).Order()];

    public static IEnumerable<CorpusRecord> ReadEmbedded(string name)
        => Read(typeof(CorpusReader).Assembly.GetManifestResourceStream(name)!, name);

    public static IEnumerable<CorpusRecord> Read(Stream stream, string name)
    {
        using var lines = new StreamReader(name.EndsWith(".gz") ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        while (lines.ReadLine() is { } line)
        {
            var record = JsonSerializer.Deserialize<JsonElement>(line);
            var trace = record.GetProperty("trace").EnumerateArray().Select(item => item.GetString()!);
            yield return new CorpusRecord(record.GetProperty("program"), [.. trace]);
        }
    }
}
