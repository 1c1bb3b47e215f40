using System.Buffers;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

/// <summary>Writes of memory that becomes the transport's.</summary>
public sealed class OwnedWritingTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_OfOwnedMemoryAmongOthers_ArrivesInOrderAndIsGivenBackOnce(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var transport = (SocketTransport)pair.Transport;
        var reading = pair.ReadToEnd();
        using var expected = new MemoryStream();
        var random = new Random(11);
        var owners = new List<Owner>();
        for (var i = 0; i < 400; i++)
        {
            var piece = new byte[1 + random.Next(i % 7 == 0 ? 200_000 : 5000)];
            random.NextBytes(piece);
            expected.Write(piece);
            if (random.Next(3) == 0)
            {
                transport.Write(piece);
            }
            else
            {
                owners.Add(new Owner(piece));
                transport.Write(owners[^1], piece.Length, isMore: i % 3 == 0 && i < 399);
            }

            if (i % 5 == 1)
                await Sleep(0);
        }

        transport.Close();
        Assert.Equal(expected.ToArray(), await reading);
        await rig.Until(() => pair.Protocol.IsLost);
        Assert.All(owners, static owner => Assert.Equal(1, owner.Disposals));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Abort_WithOwnedMemoryThatNobodyReads_GivesItBack(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        var transport = (SocketTransport)pair.Transport;
        var owners = new List<Owner>();
        while (transport.GetWriteBufferSize() < 1024 * 1024)
        {
            owners.Add(new Owner(new byte[64 * 1024]));
            transport.Write(owners[^1], 64 * 1024, isMore: false);
            await Sleep(0);
        }

        transport.Abort();
        await rig.Until(() => pair.Protocol.IsLost);
        await rig.Until(() => owners.TrueForAll(static owner => owner.Disposals == 1));
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Write_OfOwnedMemoryAfterClose_GivesItBackAtOnce(string engine) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        pair.Transport.Close();
        var owner = new Owner(new byte[10]);
        ((SocketTransport)pair.Transport).Write(owner, 10, isMore: false);
        Assert.Equal(1, owner.Disposals);
        await rig.Until(() => pair.Protocol.IsLost);
    });

    /// <summary>Memory that cannot be mistaken for what it was once it has been given back.</summary>
    private sealed class Owner(byte[] bytes) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = [.. bytes];

        public int Disposals { get; private set; }

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            Disposals++;
            Array.Fill(_bytes, (byte)0xEE);
        }
    }
}
