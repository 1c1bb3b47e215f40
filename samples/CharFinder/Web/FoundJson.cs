using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CharFinder;

/// <summary>Results as JSON: for programs in full, for the page's script as short as it may be.</summary>
internal static class FoundJson
{
    /// <summary>Characters stand for themselves: what reads this reads UTF-8, and is not HTML.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A result as programs get it.</summary>
    public static void WriteFull(Utf8JsonWriter json, FoundChar found)
    {
        json.WriteStartObject();
        json.WriteString("char"u8, found.Text);
        json.WriteString("name"u8, found.Name);
        json.WriteString("code"u8, found.CodeText);
        json.WriteString("block"u8, UnicodeBlocks.Shared.NameOf(found.Code));
        json.WriteString("html"u8, Escapes.Html(found.Code));
        json.WriteString("csharp"u8, Escapes.CSharp(found.Code));
        json.WriteEndObject();
    }

    /// <summary>Begins the answer to search <paramref name="id"/>: how much there is.</summary>
    public static void WriteHead(Utf8JsonWriter json, long id, SearchResult? result)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteString("query"u8, result?.Query ?? "");
        json.WriteNumber("count"u8, result?.Count ?? 0);
        json.WriteString("status"u8, result is null ? SearchPage.Invitation : ResultText.Status(result));
        json.WriteEndObject();
    }

    /// <summary>A page of results, of the search that the page's script has given that number.</summary>
    public static void WritePage(Utf8JsonWriter json, long id, int start, WrittenPage page)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, id);
        json.WriteNumber("start"u8, start);
        json.WritePropertyName("rows"u8);
        json.WriteRawValue(page.Rows, skipInputValidation: true);
        json.WritePropertyName("blocks"u8);
        json.WriteRawValue(page.Blocks, skipInputValidation: true);
        json.WriteEndObject();
    }

    /// <summary>Writes a page's results.</summary>
    public static WrittenPage Write(IEnumerable<FoundChar> page)
    {
        var blocks = new List<(string Name, int Count)>();
        var rows = WriteArray(json =>
        {
            foreach (var found in page)
            {
                json.WriteStartArray();
                json.WriteNumberValue(found.Code);
                json.WriteStringValue(found.Name);
                json.WriteEndArray();

                var block = UnicodeBlocks.Shared.NameOf(found.Code);
                if (blocks is [.., var last] && last.Name == block)
                    blocks[^1] = (block, last.Count + 1);
                else
                    blocks.Add((block, 1));
            }
        });
        return new WrittenPage(rows, WriteArray(json =>
        {
            foreach (var (name, count) in blocks)
            {
                json.WriteStartArray();
                json.WriteStringValue(name);
                json.WriteNumberValue(count);
                json.WriteEndArray();
            }
        }));
    }

    private static byte[] WriteArray(Action<Utf8JsonWriter> writeItems)
    {
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartArray();
        writeItems(json);
        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
