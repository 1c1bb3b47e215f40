using System.Globalization;

namespace ChaosProxy;

/// <summary>How much a line of the log matters.</summary>
internal enum LogLevel
{
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}

/// <summary>The log, in Vaurien's format.</summary>
/// <param name="write">Takes a line.</param>
/// <param name="least">What matters less is left out.</param>
/// <param name="time">Tells the time of day.</param>
internal sealed class ProxyLog(Action<string> write, LogLevel least, TimeProvider time)
{
    public static ProxyLog None { get; } = new(static _ => { }, LogLevel.Critical, TimeProvider.System);

    /// <summary>Whether lines of a level are written: for those that cost something to make.</summary>
    public bool Takes(LogLevel level) => level >= least;

    public void Debug(string text) => Write(LogLevel.Debug, text);

    public void Info(string text) => Write(LogLevel.Info, text);

    public void Warning(string text) => Write(LogLevel.Warning, text);

    private void Write(LogLevel level, string text)
    {
        if (!Takes(level))
            return;

        var now = time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        write($"{now} [{Environment.ProcessId}] [{level.ToString().ToUpperInvariant()}] {text}");
    }
}
