namespace Tulip;

/// <summary>The context in which a transport calls its protocol: a copy of that of the code that made it. Thread: the loop's.</summary>
internal struct ProtocolScope()
{
    private Context? _context = Context.CopyForChild(Context.Current);

    /// <summary>The protocol's code is about to run.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="flow">The execution context to run it in, if it is not the loop's.</param>
    public readonly void Enter(EventLoop loop, ExecutionContext? flow)
    {
        loop.CurrentContext = _context;
        if (flow is not null)
            LoopFlow.Use(flow);
    }

    /// <summary>The protocol's code has run. Variables that it has set are there in its next callback.</summary>
    public void Leave(EventLoop loop)
    {
        _context = loop.CurrentContext;
        loop.CurrentContext = null;
        loop.Flow.Restore();
    }
}
