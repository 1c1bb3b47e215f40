using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tulip.AspNetCore;

/// <summary>Puts <see cref="LoopMiddleware"/> before everything else that runs for a request.</summary>
internal sealed class LoopStartupFilter(ServerLoops loops) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => builder =>
    {
        builder.Use(next => new LoopMiddleware(next, loops).Invoke);
        next(builder);
    };
}
