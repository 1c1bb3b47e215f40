using Microsoft.AspNetCore.Http;
using Tulip.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Takes endpoints off the event loop.</summary>
/// <remarks><threadsafety>The thread that builds the application.</threadsafety></remarks>
public static class ThreadPoolEndpointExtensions
{
    extension<TBuilder>(TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Runs the endpoints on the thread pool, so that they may block: the loop serves others meanwhile.</summary>
        /// <remarks>The middleware before the endpoint runs on the loop, and so does what comes after it. Without Tulip's transport it
        /// changes nothing.</remarks>
        public TBuilder RunOnThreadPool()
        {
            // Last of all, so that it is around everything that others put around the endpoint.
            builder.Finally(static endpoint =>
            {
                if (endpoint.RequestDelegate is { } inner)
                    endpoint.RequestDelegate = context => ThreadPoolHandler.Run(inner, context);
            });
            return builder;
        }
    }
}
