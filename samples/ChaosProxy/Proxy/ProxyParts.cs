using System.Net.Sockets;
using Tulip;

namespace ChaosProxy;

/// <summary>What all connections of a proxy share.</summary>
internal sealed record ProxyParts(ProxyOptions Options, Chaos Chaos, ProxyStatistics Statistics, ProxyLog Log)
{
    public BackendPool Pool { get; } = new(Options);

    /// <summary>How long a connection may be without progress.</summary>
    public double? IdleSeconds => Options.StayConnected ? null : Options.Timeout;

    /// <summary>Decides, and counts the decision.</summary>
    public Verdict Decide(string key)
    {
        var verdict = Chaos.Decide(key);
        Statistics.Count(verdict.Behaviour);
        if (Log.Takes(LogLevel.Debug))
            Log.Debug($"{key}: {BehaviourNames.NameOf(verdict.Behaviour)} ({verdict.Act.ToString().ToLowerInvariant()})");
        return verdict;
    }
}

/// <summary>A client's connection.</summary>
/// <param name="Reader">What the client sends.</param>
/// <param name="Writer">What is sent to it.</param>
/// <param name="Number">1 for the first client.</param>
internal sealed record ClientConnection(AsyncStreamReader Reader, AsyncStreamWriter Writer, long Number)
{
    /// <summary>Whether nothing can be sent to it any more.</summary>
    public bool IsGone => Writer.IsClosing || Reader.Exception() is not null;

    /// <summary>Breaks the connection off, so that the client cannot take what it has got for all there is.</summary>
    public void Reset()
    {
        if (Writer.Transport.Socket is { } socket)
            socket.LingerState = new LingerOption(true, 0);
        Writer.Transport.Abort();
    }
}

/// <summary>What can go wrong with a connection.</summary>
internal static class Trouble
{
    /// <summary>Whether an exception tells of the peer's end of a connection, rather than of a mistake here.</summary>
    public static bool IsOfConnection(Exception exception) =>
        exception is SocketException or IOException or InvalidDataException or LimitOverrunException;
}
