using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tulip;
using Tulip.AspNetCore;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Has Kestrel serve on Tulip's event loops.</summary>
/// <remarks><threadsafety>The thread that builds the host.</threadsafety></remarks>
public static class TulipWebHostBuilderExtensions
{
    extension(IWebHostBuilder builder)
    {
        /// <summary>Kestrel accepts, reads and writes on Tulip's event loops, and request handlers run there.</summary>
        /// <remarks>TCP and Unix sockets; HTTP/1.1, HTTP/2, TLS and WebSockets work as on sockets. Before and after each <c>await</c> a
        /// handler is on the thread of its connection's loop. The loops run until the host is disposed; for work of one's own they are among the
        /// services as a <see cref="LoopGroup"/>.</remarks>
        /// <param name="configure">Changes the options; null for the defaults.</param>
        public IWebHostBuilder UseTulip(Action<TulipTransportOptions>? configure = null)
            => builder.ConfigureServices(services =>
            {
                services.TryAddSingleton<ServerLoops>();
                services.TryAddSingleton(static services => services.GetRequiredService<ServerLoops>().Group);

                // Kestrel asks the last one first.
                services.AddSingleton<IConnectionListenerFactory, TulipTransportFactory>();

                // The first filter is the outermost: everything that runs for a request then runs on the loop.
                if (!services.Any(static service => service.ImplementationType == typeof(LoopStartupFilter)))
                    services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, LoopStartupFilter>());
                if (configure is not null)
                    services.Configure(configure);
            });
    }
}
