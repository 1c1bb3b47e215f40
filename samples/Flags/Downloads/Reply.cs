using System.Net;

namespace Flags;

/// <summary>The rules about answers that the blocking and the asynchronous downloads share.</summary>
internal static class Reply
{
    private const byte GifTrailer = 0x3B;

    /// <summary>404 means there is no such flag; anything else but 200 is an error.</summary>
    public static void ThrowUnlessOk(HttpResponseMessage response, string errorFormat)
    {
        if (response.StatusCode is HttpStatusCode.OK)
            return;
        if (response.StatusCode is HttpStatusCode.NotFound)
            throw new FlagException(FlagStatus.NotFound, Cause.Answer, "not found");

        var message = string.Format(null, errorFormat, (int)response.StatusCode, response.ReasonPhrase);
        throw new FlagException(FlagStatus.Error, Cause.Answer, message);
    }

    /// <summary>
    /// HttpClient notices a body that ends early by its length or its chunks. Where the server gives neither, the end of
    /// the connection is the end of the body, and only the image itself can tell a whole one from a part.
    /// </summary>
    public static void ThrowUnlessWhole(HttpResponseMessage response, byte[] body)
    {
        // Not Headers.ContentLength: once the body is here, that is its length whatever the server said.
        var hasLength = response.Content.Headers.NonValidated.Contains("Content-Length");
        var endsWithConnection = !hasLength && response.Headers.TransferEncodingChunked is not true;
        var isImage = response.Content.Headers.ContentType?.MediaType is "image/gif";
        if (endsWithConnection && isImage && body is not [.., GifTrailer])
            throw new FlagException(FlagStatus.Error, Cause.Connection, ConnectionTrouble.ClosedEarly);
    }
}
