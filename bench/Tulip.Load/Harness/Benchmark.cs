using Tulip.Load.Peers;

namespace Tulip.Load.Harness;

/// <summary>One benchmark: the same work written for Tulip and for .NET tasks.</summary>
internal abstract class Benchmark
{
    public abstract string Name { get; }

    public abstract string Summary { get; }

    /// <summary>Operations in a measured round.</summary>
    public abstract long DefaultN { get; }

    public virtual int DefaultRounds => 7;

    /// <summary>Whether a round's sleepers take memory that is to be counted; such a benchmark has one round.</summary>
    public virtual bool CountsMemory => false;

    /// <summary>A round on a Tulip loop: what lies between the meter's Start and Stop is measured.</summary>
    public abstract Coroutine RunTulip(Round round);

    /// <summary>A round of .NET tasks: what lies between the meter's Start and Stop is measured.</summary>
    public abstract Task RunTask(Round round, TaskPeer peer);
}

/// <summary>What a round has to do.</summary>
/// <param name="N">How many operations.</param>
/// <param name="IsWarmUp">Whether the round only makes the code hot; then it should not wait for long.</param>
/// <param name="Meter">What measures it.</param>
internal sealed record Round(long N, bool IsWarmUp, Meter Meter);
