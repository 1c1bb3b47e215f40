namespace Tulip.AspNetCore;

/// <summary>The event loop of a connection; among the features of connections and of their requests.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public interface IEventLoopFeature
{
    /// <summary>The loop whose thread the connection's handlers run on.</summary>
    EventLoop Loop { get; }
}
