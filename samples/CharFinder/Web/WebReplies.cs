using System.Text;
using Microsoft.AspNetCore.Http;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Whole answers to requests, and what all answers carry.</summary>
internal static class WebReplies
{
    /// <summary>The type of the pages, as the texts write it.</summary>
    public const string HtmlType = "text/html; charset=UTF-8";

    /// <summary>The type of answers to programs.</summary>
    public const string JsonType = "application/json; charset=UTF-8";

    // The pages take nothing from elsewhere, and nothing that a query has in it can become a script.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Puts into an answer's head what all have.</summary>
    public static void Prepare(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    /// <summary>Answers with a text.</summary>
    public static Coroutine Text(HttpContext context, string type, string text, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return Bytes(context, type, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Answers with bytes; without them if only the head was asked for.</summary>
    public static async Coroutine Bytes(HttpContext context, string type, ReadOnlyMemory<byte> bytes)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.BodyWriter.WriteAsync(bytes, CancelToken);
    }

    /// <summary>Answers with a file of the program, or says that the browser's copy is still good.</summary>
    public static async Coroutine File(HttpContext context, Asset asset)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = asset.Tag;
        response.Headers.CacheControl = request.QueryString.Value == $"?{asset.Tag.Trim('"')}" ? "public, max-age=31536000, immutable" : "no-cache";
        if (request.Headers.IfNoneMatch == asset.Tag)
            response.StatusCode = StatusCodes.Status304NotModified;
        else
            await Bytes(context, asset.Type, asset.Bytes);
    }
}
