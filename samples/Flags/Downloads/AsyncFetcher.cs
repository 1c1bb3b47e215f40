using System.Net.Http.Json;
using System.Text.Json;
using Tulip;

namespace Flags;

/// <summary>Gets flags while other coroutines run; a cancelled download takes its connection with it. Loop thread only.</summary>
internal sealed class AsyncFetcher(HttpClient http, string baseUrl)
{
    /// <exception cref="FlagException">There is no such flag, or it could not be had.</exception>
    public async Coroutine<byte[]> GetFlag(string code)
    {
        var cc = code.ToLowerInvariant();
        return await Get($"{baseUrl}/{cc}/{cc}.gif") as byte[]
            ?? throw new FlagException(FlagStatus.Error, Cause.Answer, "The server sent JSON for an image");
    }

    /// <summary>The country's name, from the flag's metadata.</summary>
    /// <exception cref="FlagException">There is no such country, or its name could not be had.</exception>
    public async Coroutine<string> GetCountry(string code)
    {
        var answer = await Get($"{baseUrl}/{code.ToLowerInvariant()}/metadata.json");
        return answer is JsonElement { ValueKind: JsonValueKind.Object } metadata
            && metadata.TryGetProperty("country", out var country)
            && country is { ValueKind: JsonValueKind.String }
            && country.GetString() is { Length: > 0 } name
            ? name
            : throw new FlagException(FlagStatus.Error, Cause.Answer, "The metadata names no country");
    }

    /// <summary>The body as its content type says: a <see cref="JsonElement"/>, or the bytes of anything else.</summary>
    private async Coroutine<object> Get(string url)
    {
        try
        {
            using var response = await http.GetAsync(url);
            Reply.ThrowUnlessOk(response, "HTTP error {0} - {1}");
            if (response.Content.Headers.ContentType?.MediaType is "application/json")
                return await response.Content.ReadFromJsonAsync<JsonElement>();

            var body = await response.Content.ReadAsByteArrayAsync();
            Reply.ThrowUnlessWhole(response, body);
            return body;
        }
        catch (JsonException exception)
        {
            throw new FlagException(FlagStatus.Error, Cause.Answer, "The metadata is not valid JSON", exception);
        }
        catch (Exception exception) when (ConnectionTrouble.Is(exception))
        {
            throw ConnectionTrouble.ToFlagException(exception);
        }
    }
}
