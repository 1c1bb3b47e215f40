// LoopGroup: several loops, each on a thread of its own, that share nothing.
// Thread: any.
//   1. The loops know nothing of each other; what crosses goes through their inboxes.
//   2. The end has three parts, each for all loops before the next: nothing new is accepted; what runs may end, wherever it
//      still sends work to; the rest is cancelled.
//   3. A loop that crashes is reported and is not begun anew: its state is lost, and nobody else may guess it.
namespace Tulip;

/// <summary>Runs several event loops, one for each processor if nothing else is said, each on a thread of its own.</summary>
/// <remarks>
/// <para>One loop uses one processor. A group uses more, without locks: what belongs to a loop is only ever touched by its
/// thread. Servers accept on all loops (<see cref="StartServer"/>), other work is submitted (<see cref="Submit{T}"/>), and its
/// result can be awaited from any thread, and from any loop.</para>
/// <code>
/// await using var group = new LoopGroup();
/// var server = await group.StartServer(Echo, "127.0.0.1", 7007);
/// var answer = await group.Submit(async () =&gt; await Ask("the oracle"));
/// </code>
/// <para>A loop crashes when something ends it: its engine fails, or code of its own stops it. What was submitted to it fails with
/// <see cref="LoopCrashedException"/>, its exception handler is told, and the others go on without it. An exception in a task or
/// a callback does not crash a loop.</para>
/// <para>The threads do not keep the process alive.</para>
/// <threadsafety>Any thread.</threadsafety>
/// </remarks>
public sealed partial class LoopGroup : IDisposable, IAsyncDisposable
{
    private readonly LoopMember[] _members;
    private readonly object _gate = new();
    private readonly List<LoopGroupServer> _servers = [];
    private Task? _stopping;
    private int _turn;

    /// <summary>Starts the loops; when this returns they run.</summary>
    /// <param name="count">How many, at least 1; null for one for each processor.</param>
    /// <param name="options">How to make them; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1, or the time of grace is negative or NaN.</exception>
    /// <exception cref="ArgumentException">The loop factory gave a loop on a <see cref="VirtualClock"/>.</exception>
    public LoopGroup(int? count = null, LoopGroupOptions? options = null)
    {
        if (count is < 1)
            throw new ArgumentOutOfRangeException(nameof(count), count, "At least one loop is needed.");

        Options = options ?? new LoopGroupOptions();
        _ = ToGrace(Options.GraceSeconds);
        Name = Options.Name ?? nameof(LoopGroup);
        _members = [.. Enumerable.Range(0, count ?? Environment.ProcessorCount).Select(index => new LoopMember(this, index))];
        foreach (var member in _members)
            member.StartThread();
        try
        {
            Task.WhenAll(_members.Select(static member => member.Started)).GetAwaiter().GetResult();
        }
        catch
        {
            foreach (var member in _members.Where(static member => member.Started.IsCompletedSuccessfully))
                member.End();
            throw;
        }
    }

    /// <summary>How the group was made.</summary>
    public LoopGroupOptions Options { get; }

    /// <summary>The start of its threads' names.</summary>
    public string Name { get; }

    /// <summary>How many loops there are, those that have crashed among them.</summary>
    public int Count => _members.Length;

    /// <summary>The loops, in the order of their indices.</summary>
    public IReadOnlyList<LoopMember> Members => _members;

    /// <summary>One of the loops.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such loop.</exception>
    public LoopMember this[int index] => _members[index];

    /// <summary>The loop with the least <see cref="LoopMember.Load"/>; of several the one whose turn it is.</summary>
    /// <exception cref="LoopCrashedException">All loops have crashed.</exception>
    public LoopMember LeastBusy
    {
        get
        {
            var first = (uint)Interlocked.Increment(ref _turn);
            LoopMember? best = null;
            for (var i = 0u; i < _members.Length; i++)
            {
                var member = _members[(first + i) % _members.Length];
                if (member.IsAlive && (best is null || member.Load < best.Load))
                    best = member;
            }

            return best ?? throw NoneLeft();
        }
    }

    /// <summary>Runs a coroutine as a task of the least busy loop (<see cref="LeastBusy"/>); for one that is chosen see
    /// <see cref="LoopMember.Submit{T}"/>.</summary>
    /// <param name="job">Called on that loop's thread; it sees a copy of the caller's <see cref="ContextVar{T}"/>s and its
    /// <see cref="AsyncLocal{T}"/>s.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <returns>A .NET task with the outcome, which any thread may await.</returns>
    /// <exception cref="LoopCrashedException">All loops have crashed. If the job's loop does so later, its task fails with this.</exception>
    /// <exception cref="InvalidOperationException">The group is being stopped, and the call does not come from one of its loops.</exception>
    public Task<T> Submit<T>(Func<Coroutine<T>> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        CheckTakesJobs();
        return LeastBusy.Submit(job, cancellationToken);
    }

    /// <inheritdoc cref="Submit{T}(Func{Coroutine{T}}, CancellationToken)"/>
    public Task Submit(Func<Coroutine> job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        CheckTakesJobs();
        return LeastBusy.Submit(job, cancellationToken);
    }

    /// <summary>Ends the group in order: its servers stop listening; what was submitted and the servers' connections and
    /// handlers may end within the time of grace; then every task that is left is cancelled, connections are closed, the loops
    /// are closed and their threads end.</summary>
    /// <remarks>
    /// A cancelled handler has a second to send what it has written. A task that goes on although it was cancelled is waited
    /// for, as in <c>Aio.Run</c>, and reported to the exception handler. Meanwhile only the group's own loops may submit. The
    /// first call counts; others give the same task.
    /// </remarks>
    /// <param name="graceSeconds">How long to wait for what runs; 0 to cancel it at once, infinity to wait for it.</param>
    /// <returns>Ends when all threads have ended. It does not fail.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or NaN.</exception>
    public Task Stop(double graceSeconds)
    {
        var grace = ToGrace(graceSeconds);
        lock (_gate)
            return _stopping ??= End(grace);
    }

    /// <inheritdoc cref="Stop(double)"/>
    /// <param name="grace">How long to wait for what runs.</param>
    public Task Stop(TimeSpan grace) => Stop(grace.TotalSeconds);

    /// <summary>Stops the group with the time of grace of its <see cref="LoopGroupOptions"/>, and blocks until it has ended.</summary>
    /// <exception cref="InvalidOperationException">Called on one of its own loops, which would wait for itself: there call
    /// <see cref="Stop(double)"/> and do not wait.</exception>
    public void Dispose()
    {
        if (RunsHere)
            throw new InvalidOperationException($"A loop of {Name} cannot wait for the group's end: call Stop and do not wait for it.");
        Stop(Options.GraceSeconds).GetAwaiter().GetResult();
    }

    /// <summary>Stops the group with the time of grace of its <see cref="LoopGroupOptions"/>.</summary>
    public ValueTask DisposeAsync() => new(Stop(Options.GraceSeconds));

    /// <inheritdoc/>
    public override string ToString() => $"<LoopGroup {Name} loops={Count} running={_members.Count(static member => member.IsAlive)}>";

    private bool RunsHere => CurrentLoop.Running is { } loop && _members.Any(member => ReferenceEquals(member.Loop, loop));

    internal void CheckTakesJobs()
    {
        if (Volatile.Read(ref _stopping) is not null && !RunsHere)
            throw new InvalidOperationException($"{Name} is being stopped and takes no more work.");
    }

    private static TimeSpan ToGrace(double seconds)
        => !(seconds >= 0) ? throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "A time of grace is 0 seconds or more.")
            : seconds >= int.MaxValue / 1000 ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(seconds);

    private Exception NoneLeft()
    {
        var failures = _members.Select(static member => member.Failure).OfType<Exception>().ToList();
        return failures.Count > 0
            ? new LoopCrashedException($"All loops of {Name} have crashed, one with: {failures[0].Message}", failures[0])
            : new InvalidOperationException($"{Name} has been stopped.");
    }

    private async Task End(TimeSpan grace)
    {
        LoopGroupServer[] servers;
        lock (_gate)
            servers = [.. _servers];
        await Task.WhenAll(servers.Select(static server => server.Close())).ConfigureAwait(false);
        try
        {
            await Quiet().WaitAsync(grace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What is left is cancelled.
        }

        foreach (var member in _members)
            member.End();
        await Task.WhenAll(_members.Select(static member => member.Ended)).ConfigureAwait(false);
        foreach (var member in _members)
            member.Join();
    }

    /// <summary>Ends when no loop has anything to do: one that has may still send work to another.</summary>
    private async Task Quiet()
    {
        while (_members.Select(static member => member.WhenIdle()).Where(static idle => !idle.IsCompleted).ToList() is { Count: > 0 } busy)
            await Task.WhenAll(busy).ConfigureAwait(false);
    }
}
