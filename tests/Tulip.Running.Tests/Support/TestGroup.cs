using System.Collections.Concurrent;

namespace Tulip.Running.Tests;

/// <summary>A group whose reports a test looks at: what it has not taken at the end is a failure.</summary>
internal sealed class TestGroup : IDisposable
{
    private readonly ConcurrentQueue<LoopErrorContext> _reports = new();

    public TestGroup(int count = 2, Func<EventLoop>? loopFactory = null)
        => Group = new LoopGroup(count, new LoopGroupOptions
        {
            Name = "crew",
            LoopFactory = loopFactory,
            ExceptionHandler = (_, report) => _reports.Enqueue(report),
        });

    public LoopGroup Group { get; }

    /// <summary>Waits for a report and takes it.</summary>
    public LoopErrorContext Take()
    {
        LoopErrorContext? report = null;
        Assert.True(SpinWait.SpinUntil(() => _reports.TryDequeue(out report), LoopThread.Guard), "Nothing was reported.");
        return report!;
    }

    /// <summary>Takes all reports there are.</summary>
    public List<LoopErrorContext> TakeAll()
    {
        List<LoopErrorContext> reports = [.. _reports];
        _reports.Clear();
        return reports;
    }

    /// <summary>Ends what is left at once.</summary>
    public void Dispose()
    {
        Group.Stop(0).WaitGuarded();
        Assert.All(Group.Members, static member => Assert.True(member.Loop.IsClosed));
        Assert.Empty(_reports);
    }
}
