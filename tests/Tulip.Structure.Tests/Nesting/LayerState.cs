namespace Tulip.Structure.Tests.Nesting;

/// <summary>How a piece of code ended, as the model sees it.</summary>
internal enum Outcome
{
    Done,
    Cancelled,
    TimedOut,
    Failed,
}

/// <summary>What the model knows of a layer that the task is in.</summary>
internal sealed class LayerState(Layer layer, int requestsOnEntry)
{
    public LayerKind Kind { get; } = layer.Kind;

    public bool IsScope => Kind is LayerKind.MoveOn or LayerKind.Fail or LayerKind.Scope or LayerKind.Shield;

    public bool IsTimeout => Kind is LayerKind.Timeout or LayerKind.WaitFor;

    public bool IsGroup => Kind is LayerKind.GroupEnds or LayerKind.GroupFails;

    public bool IsShield => Kind == LayerKind.Shield;

    public int RequestsOnEntry { get; } = requestsOnEntry;

    /// <summary>When the trigger comes; null if it came already or never does. A task's failure is its own end.</summary>
    public int? Trigger { get; set; } = layer.Kind == LayerKind.GroupFails ? null : layer.Trigger;

    /// <summary>The timeout expired, or the scope was cancelled.</summary>
    public bool Struck { get; set; }

    /// <summary>The task was thrown the scope's cancel.</summary>
    public bool Delivered { get; set; }

    /// <summary>When the group's task ends; null if it has.</summary>
    public int? ChildEnd { get; set; } = layer.Kind switch
    {
        LayerKind.GroupEnds => NestingCase.ChildLife,
        LayerKind.GroupFails => layer.Trigger + NestingCase.FailureDelay ?? NestingCase.ChildLife,
        _ => null,
    };

    public bool ChildWillFail { get; set; } = layer is { Kind: LayerKind.GroupFails, Trigger: not null };

    public bool ChildFailed { get; set; }

    /// <summary>The group cancels its tasks.</summary>
    public bool Aborting { get; set; }

    /// <summary>The group has asked the task that it runs in to cancel.</summary>
    public bool AskedParent { get; set; }
}
