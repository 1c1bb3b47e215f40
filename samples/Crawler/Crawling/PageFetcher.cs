using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>What several attempts at a page came to.</summary>
/// <param name="Response">The last answer; null if there was none.</param>
/// <param name="Trouble">Why there was none.</param>
/// <param name="Attempts">How many there were.</param>
internal readonly record struct Fetched(PageResponse? Response, string? Trouble, int Attempts);

/// <summary>Asks one site for pages: in turn, with a time limit, and again where that may help.</summary>
internal sealed class PageFetcher(IPageSource source, CrawlOptions options, AsyncSemaphore slots, Pacer pacer)
{
    private const double FirstPause = 0.5;
    private const double LongestPause = 60;

    private readonly Random _random = new(options.Seed);

    public async Coroutine<Fetched> Fetch(Uri address)
    {
        for (var attempt = 1; ; attempt++)
        {
            await pacer.Turn();
            var (response, trouble) = await Ask(address);
            var asked = response?.RetryAfter?.TotalSeconds;
            if (response is { IsPassing: false } || attempt == options.Attempts || asked > LongestPause)
                return new Fetched(response, trouble, attempt);

            // A site that names a time means all requests; a page that fails only itself.
            if (asked is { } seconds)
                pacer.Pause(seconds);
            else
                await Sleep(FirstPause * (1 << (attempt - 1)) * (0.5 + _random.NextDouble()));
        }
    }

    private async Coroutine<(PageResponse? Response, string? Trouble)> Ask(Uri address)
    {
        try
        {
            using (await slots.Acquire())
                return (await WithTimeout(options.Timeout, _ => source.Get(address, options.MaxBytes)), null);
        }
        catch (TimeoutException)
        {
            return (null, $"no answer within {options.Timeout} s");
        }
        catch (NoAnswerException exception)
        {
            return (null, exception.Message);
        }
    }
}
