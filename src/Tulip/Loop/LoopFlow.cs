// LoopFlow: the execution context (AsyncLocal) that code on a loop has unless it brought its own.
// Comparing references is all that is paid for it while nobody sets an AsyncLocal.
namespace Tulip;

internal struct LoopFlow
{
    public LoopFlow()
    {
    }

    /// <summary>The context in which the loop was made or last began to run.</summary>
    public ExecutionContext? Own { get; private set; } = ExecutionContext.Capture();

    /// <summary>The loop begins to run: its own context is the caller's.</summary>
    public void Renew() => Own = ExecutionContext.Capture();

    /// <summary>The caller's context if it is not the loop's own.</summary>
    public readonly ExecutionContext? Capture()
    {
        var flow = ExecutionContext.Capture();
        return ReferenceEquals(flow, Own) ? null : flow;
    }

    /// <summary>Makes the loop's own context current again.</summary>
    public readonly void Restore()
    {
        if (!ReferenceEquals(ExecutionContext.Capture(), Own))
            Use(Own);
    }

    /// <summary>Makes a context current; null stands for one whose flow was suppressed, which is left alone.</summary>
    public static void Use(ExecutionContext? flow)
    {
        if (flow is not null)
            ExecutionContext.Restore(flow);
    }
}
