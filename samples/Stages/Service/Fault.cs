namespace Stages;

/// <summary>What goes wrong in stage two.</summary>
internal enum Fault
{
    /// <summary>Nothing: all three stages succeed.</summary>
    None,

    /// <summary>The second call fails: the service refuses it.</summary>
    Call,

    /// <summary>The second call succeeds, and our own code fails on its response.</summary>
    Step,
}
