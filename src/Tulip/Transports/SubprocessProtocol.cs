namespace Tulip;

/// <summary>What a child process' transport tells (<c>asyncio.SubprocessProtocol</c>).</summary>
/// <remarks>
/// <para><see cref="ConnectionMade(SubprocessTransport)"/> comes first. The end of the process and the end of each pipe come in any order: a
/// process may close a stream long before its end, or leave it to a child of its own that goes on.
/// <see cref="BaseProtocol.ConnectionLost"/> comes last, when the process has ended and every pipe is gone.</para>
/// <para>The loop's exception handler is told of an exception in any of them.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class SubprocessProtocol : BaseProtocol
{
    /// <summary>The same as <see cref="ConnectionMade(SubprocessTransport)"/>, which is the one to override.</summary>
    public sealed override void ConnectionMade(BaseTransport transport) => ConnectionMade((SubprocessTransport)transport);

    /// <summary>The process runs, and its pipes are there (<c>connection_made</c>).</summary>
    /// <param name="transport">The process' transport.</param>
    public virtual void ConnectionMade(SubprocessTransport transport)
    {
    }

    /// <summary>The process has written something (<c>pipe_data_received</c>).</summary>
    /// <param name="descriptor">1 for its standard output, 2 for its standard error.</param>
    /// <param name="data">The bytes, at least one; lent until the callback returns.</param>
    public virtual void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data)
    {
    }

    /// <summary>A pipe is gone (<c>pipe_connection_lost</c>).</summary>
    /// <param name="descriptor">0 for the process' standard input, 1 for its standard output, 2 for its standard error.</param>
    /// <param name="exception">What broke it; null at its end.</param>
    public virtual void PipeConnectionLost(int descriptor, Exception? exception)
    {
    }

    /// <summary>The process has ended (<c>process_exited</c>); <see cref="SubprocessTransport.GetReturnCode"/> tells how.</summary>
    public virtual void ProcessExited()
    {
    }
}
