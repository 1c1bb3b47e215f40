namespace Tulip;

/// <summary>What a loop inside a host is to do after a pass.</summary>
internal readonly record struct HostedStep
{
    /// <summary>There is more to run.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Somebody has stopped it.</summary>
    public bool IsStopped { get; init; }

    /// <summary>If there is not: the first deadline on the loop's clock, <see cref="long.MaxValue"/> if there is none.</summary>
    public long When { get; init; }

    /// <summary>Whether input and output is under way.</summary>
    public bool WaitsForIo { get; init; }
}
