using System.Text.Json;
using System.Text.Json.Serialization;
using Tulip;

namespace Crawler;

/// <summary>Writes a line of JSON for each page to a file. The crawl waits when the disk is slow, the loop never does.</summary>
internal sealed class PageLog(string path) : ICrawlView
{
    private const int MostWaiting = 100;

    private readonly AsyncQueue<PageResult> _results = new(MostWaiting);

    public Coroutine Show(PageResult result, CrawlState state) => _results.Put(result);

    /// <summary>Writes until <see cref="Close"/> and until all is on the disk. If that fails, whoever shows something hears of it too.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public async Coroutine Run()
    {
        try
        {
            await WriteAll();
        }
        finally
        {
            _results.Shutdown(immediate: true);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Close() => _results.Shutdown();

    private async Coroutine WriteAll()
    {
        await using var file = await AsyncFile.Open(path, FileMode.Create, FileAccess.Write);
        using var lines = new MemoryStream();
        try
        {
            while (true)
            {
                // What has gathered meanwhile goes in one write.
                Append(lines, await _results.Get());
                while (!_results.Empty)
                    Append(lines, _results.GetNoWait());
                await file.Write(lines.ToArray());
                lines.SetLength(0);
            }
        }
        catch (QueueShutDownException)
        {
            await file.FlushToDisk();
        }
    }

    private static void Append(MemoryStream lines, PageResult result)
    {
        JsonSerializer.Serialize(lines, result, PageLogJson.Default.PageResult);
        lines.WriteByte((byte)'\n');
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageResult))]
internal sealed partial class PageLogJson : JsonSerializerContext;
