namespace Flags;

/// <summary>Gets flags while the calling thread waits: what the sequential and the threaded programs use.</summary>
/// <param name="http">The client shared by all threads.</param>
/// <param name="baseUrl">The address that flags' paths are added to.</param>
/// <param name="errorFormat">How an error status reads; the texts' programs differ in it.</param>
internal sealed class BlockingFetcher(HttpClient http, string baseUrl, string errorFormat = "HTTP error {0} - {1}")
{
    /// <exception cref="FlagException">There is no such flag, or it could not be had.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public byte[] GetFlag(string code, CancellationToken stop = default)
    {
        var cc = code.ToLowerInvariant();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{baseUrl}/{cc}/{cc}.gif");
            using var response = http.Send(request, stop);
            Reply.ThrowUnlessOk(response, errorFormat);

            using var content = response.Content.ReadAsStream(stop);
            using var image = new MemoryStream();
            content.CopyTo(image);
            Reply.ThrowUnlessWhole(response, image.ToArray());
            return image.ToArray();
        }
        catch (Exception exception) when (ConnectionTrouble.Is(exception))
        {
            throw ConnectionTrouble.ToFlagException(exception);
        }
    }
}
