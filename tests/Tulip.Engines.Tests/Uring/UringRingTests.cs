using System.Runtime.CompilerServices;
using Tulip.Engines.Linux.Interop;
using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

/// <summary>The ring by itself: requests that do nothing, more of them than fit.</summary>
public sealed class UringRingTests
{
    [Fact]
    public void Structures_AreAsLargeAsTheKernelsOnes()
    {
        Assert.Equal(64, Unsafe.SizeOf<SubmissionEntry>());
        Assert.Equal(16, Unsafe.SizeOf<CompletionEntry>());
        Assert.Equal(120, Unsafe.SizeOf<RingParameters>());
        Assert.Equal(40, Unsafe.SizeOf<SubmissionOffsets>());
        Assert.Equal(40, Unsafe.SizeOf<CompletionOffsets>());
        Assert.Equal(40, Unsafe.SizeOf<BufferRingRegistration>());
        Assert.Equal(16, Unsafe.SizeOf<ProvidedBuffer>());
        Assert.Equal(24, Unsafe.SizeOf<WaitArgument>());
        Assert.Equal(8, Unsafe.SizeOf<ProbedOperation>());
    }

    [Theory]
    [InlineData(8, 16, 5_000)]
    [InlineData(64, 128, 100_000)]
    public void Requests_ManyMoreThanBothRingsHold_EachCompletesOnce(int submissions, int completions, int count)
    {
        using var engine = UringHere.Create(new UringOptions { Submissions = submissions, Completions = completions });
        var port = engine.Port;
        port.Attach(isIdle: true);
        var seen = new bool[count];

        // All of them before the first result is taken: the kernel has to keep what does not fit.
        for (var i = 0; i < count; i++)
            Prepare(port, (ulong)i);
        Take(port, seen);

        Assert.DoesNotContain(false, seen);
        Assert.True(port.Statistics.Overflows > 0);
    }

    [Fact]
    public void Requests_TakenInBetween_EachCompletesOnce()
    {
        const int Count = 50_000;
        using var engine = UringHere.Create(new UringOptions { Submissions = 8, Completions = 16 });
        var port = engine.Port;
        port.Attach(isIdle: true);
        var seen = new bool[Count];
        var random = new Random(1);
        for (var i = 0; i < Count; i++)
        {
            Prepare(port, (ulong)i);
            if (random.Next(40) == 0)
                Take(port, seen);
        }

        Take(port, seen);
        Assert.DoesNotContain(false, seen);
    }

    private static void Prepare(UringPort port, ulong data) => port.Nothing(data);

    private static void Take(UringPort port, bool[] seen)
    {
        port.Enter(0, 0);
        while (true)
        {
            if (port.TryTake(out var entry))
            {
                if (entry.UserData == UringPort.WakeData)
                    continue;
                Assert.Equal(0, entry.Result);
                Assert.False(seen[entry.UserData]);
                seen[entry.UserData] = true;
            }
            else if (port.HasOverflow)
            {
                port.Enter(0, 0);
            }
            else
            {
                return;
            }
        }
    }
}
