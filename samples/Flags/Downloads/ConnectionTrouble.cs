using System.Net.Sockets;

namespace Flags;

/// <summary>Says in a few words why a request got no answer, the same words for every flag that it happens to.</summary>
internal static class ConnectionTrouble
{
    public const string ClosedEarly = "Connection error: the server closed the connection before the end of its answer";

    /// <summary>Whether the exception is the connection's fault and not a request to stop.</summary>
    public static bool Is(Exception exception) =>
        exception is HttpRequestException or IOException
        || exception is TaskCanceledException { InnerException: TimeoutException };

    public static FlagException ToFlagException(Exception exception) =>
        new(FlagStatus.Error, Cause.Connection, Describe(exception), exception);

    private static string Describe(Exception exception)
    {
        if (exception is TaskCanceledException)
            return "Connection error: the server did not answer in time";
        if (Find<HttpIOException>(exception) is { HttpRequestError: HttpRequestError.ResponseEnded })
            return ClosedEarly;

        var error = exception is HttpRequestException request ? request.HttpRequestError : HttpRequestError.Unknown;
        return (error, Find<SocketException>(exception)) switch
        {
            (HttpRequestError.ResponseEnded, _) => ClosedEarly,
            (HttpRequestError.NameResolutionError, _) => "Connection error: the server's name is not known",
            (HttpRequestError.ConnectionError, { } socket) => $"Connection error: cannot connect ({Reason(socket)})",
            (_, { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }) =>
                ClosedEarly,
            (_, { } socket) => $"Connection error: {Reason(socket)}",
            _ => $"Connection error: {exception.Message}",
        };
    }

    /// <summary>The system's words without the address, which differs from attempt to attempt.</summary>
    private static string Reason(SocketException exception) => new SocketException((int)exception.SocketErrorCode).Message;

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }
}
