using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Running;

[Collection("Signals")]
public sealed class SignalTests
{
    public SignalTests() => Signals.SkipWhereMissing();

    [Fact]
    public void Handler_RunsAsACallbackOfTheLoop() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        var told = new TaskCompletionSource<(EventLoop, IAsyncTask?)>();
        loop.AddSignalHandler(Signals.User1, () => told.SetResult((GetRunningLoop(), CurrentTask())));
        Signals.SendToMyself(Signals.User1);
        Assert.Equal((loop, null), await told.Task);
    });

    [Fact]
    public void Handler_IsCalledForEachSignal_InOneCopyOfItsContext() => Virtual.Run(async () =>
    {
        var count = new ContextVar<int>("count", 0);
        var loop = GetRunningLoop();
        var counts = new AsyncQueue<int>();
        count.Value = 10;
        loop.AddSignalHandler(Signals.User1, () => counts.PutNoWait(++count.Value));
        count.Value = 100;
        Assert.Equal(11, await After(Signals.User1, counts));
        Assert.Equal(12, await After(Signals.User1, counts));
        Assert.Equal(100, count.Value);
    });

    [Fact]
    public void Handler_ThatIsReplaced_IsNotCalledAnyMore() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        var calls = new AsyncQueue<string>();
        loop.AddSignalHandler(Signals.User1, () => calls.PutNoWait("old"));
        loop.AddSignalHandler(Signals.User1, () => calls.PutNoWait("new"));
        Assert.Equal("new", await After(Signals.User1, calls));
        await Sleep(1);
        Assert.True(calls.Empty);
    });

    [Fact]
    public void Handler_RemovedWhileItsCallWaits_IsNotCalled() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        using var told = new CountdownEvent(2);

        // One on either side: when both were told, so was the one between them.
        using var before = PosixSignalRegistration.Create(Signals.User1, Tell);
        loop.AddSignalHandler(Signals.User1, () => Assert.Fail("It was removed."));
        using var after = PosixSignalRegistration.Create(Signals.User1, Tell);
        Signals.SendToMyself(Signals.User1);
        told.Wait(TestContext.Current.CancellationToken);
        Assert.True(loop.RemoveSignalHandler(Signals.User1));
        await Sleep(1);

        void Tell(PosixSignalContext context)
        {
            context.Cancel = true;
            told.Signal();
        }
    });

    [Fact]
    public void Remove_SaysWhetherThereWasAHandler() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        Assert.False(loop.RemoveSignalHandler(Signals.User1));
        loop.AddSignalHandler(Signals.User1, () => { });
        loop.AddSignalHandler(Signals.User2, () => { });
        Assert.True(loop.RemoveSignalHandler(Signals.User1));
        Assert.False(loop.RemoveSignalHandler(Signals.User1));
        Assert.True(loop.RemoveSignalHandler(Signals.User2));
        await Sleep(0);
    });

    [Fact]
    public void Handlers_OfTwoLoops_AreBothTold()
    {
        using var other = new EventLoop(new VirtualClock());
        var told = false;
        other.AddSignalHandler(Signals.User1, () =>
        {
            told = true;
            other.Stop();
        });
        Virtual.Run(async () =>
        {
            var calls = new AsyncQueue<string>();
            GetRunningLoop().AddSignalHandler(Signals.User1, () => calls.PutNoWait("here"));
            Assert.Equal("here", await After(Signals.User1, calls));
        });

        // The other one's call may still be on its way.
        var held = new TaskCompletionSource();
        using var patience = new Timer(_ => held.TrySetResult(), null, TimeSpan.FromSeconds(120), Timeout.InfiniteTimeSpan);
        other.CallSoon(() => _ = WrapFuture(held.Task, holdTime: true));
        other.RunForever();
        Assert.True(told);
    }

    [Fact]
    public void Handler_ThatFails_IsReported() => Virtual.Run(async surroundings =>
    {
        var failed = new TaskCompletionSource();
        GetRunningLoop().AddSignalHandler(Signals.User1, () =>
        {
            if (failed.TrySetResult())
                throw new InvalidDataException("in the handler");
        });
        Signals.SendToMyself(Signals.User1);
        await failed.Task;
        Assert.Equal("in the handler", surroundings.TakeReport().Exception?.Message);
    });

    [Fact]
    public void Close_RemovesTheHandlers()
    {
        var loop = MakeAndClose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(loop.TryGetTarget(out _));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference<EventLoop> MakeAndClose()
        {
            var loop = new EventLoop(new VirtualClock());
            loop.AddSignalHandler(Signals.User1, () => { });
            loop.AddSignalHandler(Signals.User2, () => { });
            loop.Close();
            return new WeakReference<EventLoop>(loop);
        }
    }

    [Fact]
    public void Add_ToAClosedLoop_IsRefused()
    {
        var loop = new EventLoop(new VirtualClock());
        loop.Close();
        Assert.Throws<InvalidOperationException>(() => loop.AddSignalHandler(Signals.User1, () => { }));
    }

    [Fact]
    public void Add_OnAnotherThread_IsRefused() => Virtual.Run(async () =>
    {
        var loop = GetRunningLoop();
        await ToThread(() =>
        {
            Assert.Throws<InvalidOperationException>(() => loop.AddSignalHandler(Signals.User1, () => { }));
            Assert.Throws<InvalidOperationException>(() => loop.RemoveSignalHandler(Signals.User1));
        });
    });

    [Fact]
    public void Add_OfWhatCannotBeHandled_IsRefused_AndKeepsNothing() => Virtual.Run(async () =>
    {
        const PosixSignal kill = (PosixSignal)9;
        var loop = GetRunningLoop();
        Assert.Throws<ArgumentNullException>(() => loop.AddSignalHandler(Signals.User1, (Action)null!));
        Assert.Throws<IOException>(() => loop.AddSignalHandler(kill, () => { }));
        Assert.False(loop.RemoveSignalHandler(kill));
        Assert.Throws<PlatformNotSupportedException>(() => loop.AddSignalHandler((PosixSignal)10_000, () => { }));
        await Sleep(0);
    });

    [Fact]
    public void Add_OfAnAsyncLambda_IsACompileTimeError()
    {
        var overloads = typeof(EventLoopSignals).GetMethods().Where(m => m.Name == "AddSignalHandler").ToArray();
        Assert.Equal(3, overloads.Length);
        foreach (var overload in overloads)
        {
            var takesResult = overload.GetParameters()[^1].ParameterType != typeof(Action);
            Assert.Equal(takesResult, overload.GetCustomAttribute<ObsoleteAttribute>() is { IsError: true });
        }
    }

    private static async Coroutine<T> After<T>(PosixSignal signal, AsyncQueue<T> calls)
    {
        // Signals come from outside: time stands still until then.
        var told = new TaskCompletionSource();
        var next = CreateTask(calls.Get());
        next.AddDoneCallback(_ => told.SetResult());
        Signals.SendToMyself(signal);
        await WrapFuture(told.Task, holdTime: true);
        return next.Result();
    }
}
