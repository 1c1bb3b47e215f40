using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class DescriptorTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Reader_IsCalledInEachPassWhileReady_UntilReplacedOrRemoved(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var descriptor = (int)pair.Peer.Handle;
        if (engine == "portable")
        {
            Assert.Throws<NotSupportedException>(() => rig.Loop.AddReader(descriptor, static () => { }));
            pair.Transport.Abort();
            return;
        }

        var (first, second, writable) = (0, 0, 0);
        rig.Loop.AddReader(descriptor, () => first++);
        await Sleep(0.001);
        Assert.Equal(0, first);
        pair.Transport.Write("x"u8);
        await rig.Until(() => first > 3);

        rig.Loop.AddReader(descriptor, () => second++);
        var replaced = first;
        rig.Loop.AddWriter(descriptor, () => writable++);
        await rig.Until(() => second > 3 && writable > 3);
        Assert.Equal(replaced, first);

        Assert.True(rig.Loop.RemoveReader(descriptor));
        Assert.False(rig.Loop.RemoveReader(descriptor));
        var (removed, seen) = (second, writable);
        await rig.Until(() => writable > seen + 3);
        Assert.Equal(removed, second);
        Assert.True(rig.Loop.RemoveWriter(descriptor));

        var own = (int)pair.Transport.Socket!.Handle;
        Assert.Throws<InvalidOperationException>(() => rig.Loop.AddReader(own, static () => { }));
        pair.Transport.Abort();
    });
}
