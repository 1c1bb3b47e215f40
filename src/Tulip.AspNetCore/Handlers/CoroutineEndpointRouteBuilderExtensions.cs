using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tulip;
using Tulip.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps handlers that return a coroutine.</summary>
/// <remarks>
/// <para>Parameters are bound and results written as those of <c>MapGet</c> and its like. Each call runs as a task of its own on its connection's
/// loop, and is cancelled when the client goes away. A lambda needs its return type: <c>async Coroutine&lt;string&gt; (int id) =&gt; …</c>; without
/// it C# takes it for an <c>async Task</c> lambda.</para>
/// <threadsafety>The thread that builds the application.</threadsafety>
/// </remarks>
public static class CoroutineEndpointRouteBuilderExtensions
{
    private const string Unreferenced = "Parameters and results may be serialized by reflection.";
    private const string Dynamic = "Code that binds parameters is generated at run time.";

    extension(IEndpointRouteBuilder endpoints)
    {
        /// <summary>Maps a coroutine to the requests that match a pattern, whatever their method.</summary>
        /// <param name="pattern">The route's pattern.</param>
        /// <param name="handler">A delegate that returns a <see cref="Coroutine"/> or a <see cref="Coroutine{T}"/>.</param>
        /// <returns>For more about the endpoint: names, filters, authorization. Filters get what the coroutine has brought.</returns>
        /// <exception cref="ArgumentException">The handler returns something else.</exception>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutine([StringSyntax("Route")] string pattern, Delegate handler)
            => Map(handler, () => endpoints.Map(pattern, handler));

        /// <summary>Maps a coroutine to the requests that match a pattern and one of some methods.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        /// <param name="pattern">The route's pattern.</param>
        /// <param name="httpMethods">The methods, such as GET.</param>
        /// <param name="handler">A delegate that returns a <see cref="Coroutine"/> or a <see cref="Coroutine{T}"/>.</param>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutineMethods([StringSyntax("Route")] string pattern, IEnumerable<string> httpMethods, Delegate handler)
            => Map(handler, () => endpoints.MapMethods(pattern, httpMethods, handler));

        /// <summary>Maps a coroutine to GET.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutineGet([StringSyntax("Route")] string pattern, Delegate handler)
            => endpoints.MapCoroutineMethods(pattern, [HttpMethods.Get], handler);

        /// <summary>Maps a coroutine to POST.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutinePost([StringSyntax("Route")] string pattern, Delegate handler)
            => endpoints.MapCoroutineMethods(pattern, [HttpMethods.Post], handler);

        /// <summary>Maps a coroutine to PUT.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutinePut([StringSyntax("Route")] string pattern, Delegate handler)
            => endpoints.MapCoroutineMethods(pattern, [HttpMethods.Put], handler);

        /// <summary>Maps a coroutine to PATCH.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutinePatch([StringSyntax("Route")] string pattern, Delegate handler)
            => endpoints.MapCoroutineMethods(pattern, [HttpMethods.Patch], handler);

        /// <summary>Maps a coroutine to DELETE.</summary>
        /// <inheritdoc cref="MapCoroutine(IEndpointRouteBuilder, string, Delegate)"/>
        [RequiresUnreferencedCode(Unreferenced)]
        [RequiresDynamicCode(Dynamic)]
        public RouteHandlerBuilder MapCoroutineDelete([StringSyntax("Route")] string pattern, Delegate handler)
            => endpoints.MapCoroutineMethods(pattern, [HttpMethods.Delete], handler);
    }

    [RequiresDynamicCode(Dynamic)]
    private static RouteHandlerBuilder Map(Delegate handler, Func<RouteHandlerBuilder> map)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var type = handler.Method.ReturnType;
        var endpoint = CoroutineEndpoint.Of(type) ?? throw new ArgumentException(
            $"The handler returns {type}, not a coroutine. Give the lambda its type, async Coroutine<string> (int id) => …, or map it with MapGet and its like.",
            nameof(handler));
        return new RouteHandlerBuilder([new CoroutineConventions(map(), endpoint)]);
    }
}
