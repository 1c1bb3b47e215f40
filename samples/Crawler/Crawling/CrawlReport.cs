namespace Crawler;

/// <summary>What has come of a crawl.</summary>
internal sealed class CrawlReport
{
    private const int MostFailuresKept = 1_000;

    private readonly Dictionary<Verdict, int> _verdicts = [];
    private readonly List<PageResult> _failures = [];

    /// <summary>How many pages were asked for and answered, or not.</summary>
    public int Asked { get; private set; }

    /// <summary>Pages that were had.</summary>
    public int Ok { get; private set; }

    /// <summary>Answers that lead elsewhere.</summary>
    public int Redirects { get; private set; }

    /// <summary>Pages that another address had given already.</summary>
    public int Copies { get; private set; }

    /// <summary>Pages that could not be had.</summary>
    public int Failed { get; private set; }

    /// <summary>Attempts beyond each page's first.</summary>
    public int Retries { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The first pages that could not be had, with who leads there.</summary>
    public IReadOnlyList<PageResult> Failures => _failures;

    public void Add(PageResult result)
    {
        Asked++;
        Bytes += result.Bytes;
        Retries += result.Attempts - 1;
        if (result.IsOk)
        {
            Ok++;
            Copies += result.IsCopy ? 1 : 0;
        }
        else if (result.IsRedirect)
        {
            Redirects++;
        }
        else
        {
            Failed++;
            if (_failures.Count < MostFailuresKept)
                _failures.Add(result);
        }
    }

    public void Count(Verdict verdict) => _verdicts[verdict] = Of(verdict) + 1;

    /// <summary>How many links were judged so.</summary>
    public int Of(Verdict verdict) => _verdicts.GetValueOrDefault(verdict);
}
