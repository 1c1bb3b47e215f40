namespace Tulip;

/// <summary>What a transport tells about its connection (<c>asyncio.BaseProtocol</c>).</summary>
/// <remarks>
/// <para>A protocol overrides what it wants to know; every callback does nothing by itself. They run on the loop, one at a
/// time, in the context (<see cref="ContextVar{T}"/>) of the code that made the connection or the server.</para>
/// <threadsafety>Loop thread only.</threadsafety>
/// </remarks>
public abstract class BaseProtocol
{
    /// <summary>The connection is there; called once, before anything else (<c>connection_made</c>).</summary>
    /// <param name="transport">The connection's transport.</param>
    public virtual void ConnectionMade(BaseTransport transport)
    {
    }

    /// <summary>The connection is gone; called once, after everything else (<c>connection_lost</c>).</summary>
    /// <param name="exception">What broke it; null if it was closed or aborted, or the peer ended it.</param>
    public virtual void ConnectionLost(Exception? exception)
    {
    }

    /// <summary>More waits to leave than the transport's high-water mark: write no more for now (<c>pause_writing</c>).</summary>
    /// <remarks>Called within the write that crossed the mark.</remarks>
    public virtual void PauseWriting()
    {
    }

    /// <summary>What waits to leave is down to the transport's low-water mark (<c>resume_writing</c>).</summary>
    public virtual void ResumeWriting()
    {
    }
}
