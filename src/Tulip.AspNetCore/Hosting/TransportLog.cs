using Microsoft.Extensions.Logging;

namespace Tulip.AspNetCore;

/// <summary>Everything that is logged, with numbers that do not change.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Error, "{Report}", EventName = "LoopError")]
    public static partial void LoopError(ILogger logger, string report);

    [LoggerMessage(2, LogLevel.Critical, "An event loop has ended by an error; the application is being stopped.", EventName = "LoopFailed")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, """Connection id "{ConnectionId}" received FIN.""", EventName = "ConnectionReadFin", SkipEnabledCheck = true)]
    private static partial void ConnectionReadFinCore(ILogger logger, string connectionId);

    [LoggerMessage(7, LogLevel.Debug, """Connection id "{ConnectionId}" sending FIN because: "{Reason}".""", EventName = "ConnectionWriteFin", SkipEnabledCheck = true)]
    private static partial void ConnectionWriteFinCore(ILogger logger, string connectionId, string reason);

    [LoggerMessage(8, LogLevel.Debug, """Connection id "{ConnectionId}" sending RST because: "{Reason}".""", EventName = "ConnectionWriteRst", SkipEnabledCheck = true)]
    private static partial void ConnectionWriteRstCore(ILogger logger, string connectionId, string reason);

    [LoggerMessage(14, LogLevel.Debug, """Connection id "{ConnectionId}" communication error.""", EventName = "ConnectionError", SkipEnabledCheck = true)]
    private static partial void ConnectionErrorCore(ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(19, LogLevel.Debug, """Connection id "{ConnectionId}" reset.""", EventName = "ConnectionReset", SkipEnabledCheck = true)]
    private static partial void ConnectionResetCore(ILogger logger, string connectionId);

    [LoggerMessage(4, LogLevel.Debug, """Connection id "{ConnectionId}" paused.""", EventName = "ConnectionPause", SkipEnabledCheck = true)]
    private static partial void ConnectionPauseCore(ILogger logger, string connectionId);

    [LoggerMessage(5, LogLevel.Debug, """Connection id "{ConnectionId}" resumed.""", EventName = "ConnectionResume", SkipEnabledCheck = true)]
    private static partial void ConnectionResumeCore(ILogger logger, string connectionId);

    [LoggerMessage(20, LogLevel.Error, "A callback that was registered for a connection's end has failed.", EventName = "ClosedCallbackFailed")]
    public static partial void ClosedCallbackFailed(ILogger logger, Exception exception);

    // The connection's name is made when it is first asked for: not for a log that nobody keeps.
    public static void ConnectionReadFin(ILogger logger, TulipConnection connection)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionReadFinCore(logger, connection.ConnectionId);
    }

    public static void ConnectionWriteFin(ILogger logger, TulipConnection connection, string reason)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionWriteFinCore(logger, connection.ConnectionId, reason);
    }

    public static void ConnectionWriteRst(ILogger logger, TulipConnection connection, string reason)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionWriteRstCore(logger, connection.ConnectionId, reason);
    }

    public static void ConnectionError(ILogger logger, TulipConnection connection, Exception exception)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionErrorCore(logger, connection.ConnectionId, exception);
    }

    public static void ConnectionReset(ILogger logger, TulipConnection connection)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionResetCore(logger, connection.ConnectionId);
    }

    public static void ConnectionPause(ILogger logger, TulipConnection connection)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionPauseCore(logger, connection.ConnectionId);
    }

    public static void ConnectionResume(ILogger logger, TulipConnection connection)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ConnectionResumeCore(logger, connection.ConnectionId);
    }
}
