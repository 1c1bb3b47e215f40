using Microsoft.AspNetCore.Http;

namespace Tulip.AspNetCore;

/// <summary>An endpoint's code on the thread pool.</summary>
internal static class ThreadPoolHandler
{
    public static Task Run(RequestDelegate handler, HttpContext context)
        => EventLoop.RunningOrNull is null ? handler(context) : Task.Run(() => handler(context));
}
