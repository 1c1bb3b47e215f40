using System.Globalization;

namespace Flags;

/// <summary>
/// A line that is drawn over and over: share, bar, count, time gone and left, rate.
/// <c> 43%|█████▏      | 43/100 [00:01&lt;00:02, 28.7 flags/s]</c>
/// </summary>
internal sealed class ProgressBar : IDownloadView
{
    /// <summary>What takes away the rest of what stood on a terminal's line.</summary>
    internal const string EraseToEndOfLine = "\x1b[K";

    private const string Blocks = " ▏▎▍▌▋▊▉";

    // More often than a person can see would only slow the downloads down.
    private static readonly TimeSpan s_redrawInterval = TimeSpan.FromMilliseconds(40);

    private readonly TextWriter _output;
    private readonly int _total;
    private readonly Func<int> _width;
    private readonly TimeProvider _time;
    private readonly long _start;
    private TimeSpan _drawn;
    private int _done;

    public ProgressBar(TextWriter output, int total, Func<int> width, TimeProvider? time = null)
    {
        _output = output;
        _total = total;
        _width = width;
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        Draw(TimeSpan.Zero);
    }

    public void Show(FlagResult result)
    {
        _done++;
        var elapsed = _time.GetElapsedTime(_start);
        if (elapsed - _drawn >= s_redrawInterval)
            Draw(elapsed);
    }

    public void Close()
    {
        Draw(_time.GetElapsedTime(_start));
        _output.WriteLine();
    }

    /// <summary>The line as it looks at a moment; never as wide as the terminal, or it would wrap.</summary>
    internal static string Render(int done, int total, TimeSpan elapsed, int width)
    {
        var share = total > 0 ? (double)done / total : 1;
        var rate = elapsed > TimeSpan.Zero ? done / elapsed.TotalSeconds : 0;
        var left = rate > 0 ? Clock(TimeSpan.FromSeconds((total - done) / rate)) : "?";
        var speed = rate > 0 ? rate.ToString("0.0", CultureInfo.InvariantCulture) : "?";

        var head = $"{Math.Floor(share * 100),3}%";
        var tail = $" {done}/{total} [{Clock(elapsed)}<{left}, {speed} flags/s]";
        var room = width - 1 - head.Length - tail.Length - 2;
        return room < 1 ? $"{head}{tail}"[..Math.Max(0, Math.Min(width - 1, head.Length + tail.Length))]
            : $"{head}|{Bar(share, Math.Min(room, 60))}|{tail}";
    }

    private static string Bar(double share, int cells)
    {
        var eighths = (int)(share * cells * 8);
        var full = eighths / 8;
        return full == cells ? new string('█', cells) : new string('█', full) + Blocks[eighths % 8] + new string(' ', cells - full - 1);
    }

    private static string Clock(TimeSpan time) => time.TotalHours < 1
        ? $"{time.Minutes:00}:{time.Seconds:00}"
        : $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}";

    private void Draw(TimeSpan elapsed)
    {
        _drawn = elapsed;
        _output.Write($"\r{Render(_done, _total, elapsed, _width())}{EraseToEndOfLine}");
        _output.Flush();
    }
}
