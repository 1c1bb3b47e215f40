using System.Runtime.InteropServices;
using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Running;

[Collection("Signals")]
public sealed class SignalReceiverTests
{
    public SignalReceiverTests() => Signals.SkipWhereMissing();

    [Fact]
    public void Signals_ComeOneAfterTheOther() => InRealTime(async () =>
    {
        using var signals = OpenSignalReceiver(Signals.User1, Signals.User2);
        var received = new List<PosixSignal>();
        await Arrived(Signals.User1);
        await foreach (var signal in signals)
        {
            received.Add(signal);
            if (received.Count == 2)
                break;
            await Arrived(Signals.User2);
        }

        Assert.Equal([Signals.User1, Signals.User2], received);
    });

    [Fact]
    public void Dispose_EndsTheEnumeration_AndTheHandlers() => InRealTime(async () =>
    {
        var signals = OpenSignalReceiver(Signals.User1);
        GetRunningLoop().CallSoon(signals.Dispose);
        await foreach (var signal in signals)
            Assert.Fail($"Not expected: {signal}.");
        Assert.False(GetRunningLoop().RemoveSignalHandler(Signals.User1));
        signals.Dispose();
    });

    [Fact]
    public void Second_ForTheSameSignal_IsRefusedAndLeavesTheFirst() => InRealTime(async () =>
    {
        using var first = OpenSignalReceiver(Signals.User1);
        Assert.Throws<InvalidOperationException>(() => OpenSignalReceiver(Signals.User2, Signals.User1));
        Assert.False(GetRunningLoop().RemoveSignalHandler(Signals.User2));
        await Arrived(Signals.User1);
        Assert.Equal(Signals.User1, await first.Receive());
        Assert.Throws<ArgumentException>(() => OpenSignalReceiver());
    });

    // A virtual clock does not know that a signal may be on its way, and would see a deadlock.
    private static void InRealTime(Func<Coroutine> body) => Aio.Run(body());

    /// <summary>Sends a signal and waits until .NET has told everybody.</summary>
    private static async Task Arrived(PosixSignal signal)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loop = GetRunningLoop();
        using var registration = PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            told.TrySetResult();
        });
        Signals.SendToMyself(signal);
        await told.Task;
        await loop.RunInExecutor(null, static () => { });
    }
}
