using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tulip.AspNetCore;

/// <summary>The conventions of an endpoint whose handler returns a coroutine: they keep its filter the innermost, so that those that are
/// added get what the coroutine has brought.</summary>
internal sealed class CoroutineConventions : IEndpointConventionBuilder
{
    private readonly IEndpointConventionBuilder _inner;
    private readonly Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> _filter;

    public CoroutineConventions(IEndpointConventionBuilder inner, CoroutineEndpoint endpoint)
    {
        _inner = inner;
        _filter = (_, next) => endpoint.Filter(next);
        _inner.Add(KeepInnermost);
    }

    public void Add(Action<EndpointBuilder> convention) => _inner.Add(builder =>
    {
        convention(builder);
        KeepInnermost(builder);
    });

    public void Finally(Action<EndpointBuilder> finallyConvention) => _inner.Finally(finallyConvention);

    private void KeepInnermost(EndpointBuilder builder)
    {
        builder.FilterFactories.Remove(_filter);
        builder.FilterFactories.Add(_filter);
    }
}
