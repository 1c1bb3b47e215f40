using Tulip;

namespace Crawler;

/// <summary>Where pages come from: HTTP, or a site inside the program. Loop thread only.</summary>
internal interface IPageSource
{
    /// <summary>Asks once, follows nothing.</summary>
    /// <exception cref="NoAnswerException">There was no answer, or not a whole one.</exception>
    Coroutine<PageResponse> Get(Uri address, int mostBytes);
}

/// <summary>A server that cannot be reached or hangs up; the message says how, in a few words.</summary>
internal sealed class NoAnswerException(string message, Exception? inner = null) : Exception(message, inner);
