using System.Globalization;
using Tulip;
using static Tulip.Aio;

namespace Crawler;

/// <summary>Shows a crawl to several.</summary>
internal sealed class ManyViews(params ICrawlView[] views) : ICrawlView
{
    public async Coroutine Show(PageResult result, CrawlState state)
    {
        foreach (var view in views)
            await view.Show(result, state);
    }
}

/// <summary>A line for each page.</summary>
internal sealed class LineView(TextWriter output) : ICrawlView
{
    public async Coroutine Show(PageResult result, CrawlState state) => output.WriteLine(Line(result));

    internal static string Line(PageResult result)
    {
        var what = result.Trouble ?? (result.IsCopy ? "a copy" : result.Title);
        var status = result.Status == 0 ? "---" : result.Status.ToString(CultureInfo.InvariantCulture);
        return $"{status} {result.Address.AbsoluteUri}{(what.Length > 0 ? $"  {what}" : "")}";
    }
}

/// <summary>One line that is drawn over and over.</summary>
internal sealed class ProgressView(TextWriter output, Func<int> width) : ICrawlView
{
    private const double Interval = 0.05;
    private const string EraseToEndOfLine = "\e[K";

    private double _start = double.NaN;
    private double _drawn = double.NegativeInfinity;

    public async Coroutine Show(PageResult result, CrawlState state)
    {
        var now = GetRunningLoop().Time;
        if (double.IsNaN(_start))
            _start = now;
        if (now - _drawn < Interval)
            return;

        _drawn = now;
        output.Write($"\r{Render(result, state, now - _start, width())}{EraseToEndOfLine}");
        output.Flush();
    }

    /// <summary>Leaves an empty line for what follows.</summary>
    public void Close()
    {
        output.Write($"\r{EraseToEndOfLine}");
        output.Flush();
    }

    internal static string Render(PageResult result, CrawlState state, double elapsed, int width)
    {
        var rate = elapsed > 0 ? (state.Asked / elapsed).ToString("0", CultureInfo.InvariantCulture) : "?";
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Asked:N0} pages, {state.Waiting:N0} waiting, {state.Failed:N0} failed, {rate}/s  {result.Address.PathAndQuery}");
        return line[..Math.Clamp(width - 1, 0, line.Length)];
    }
}
