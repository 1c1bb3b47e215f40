using System.Net.WebSockets;
using CharFinder;
using static Tulip.Aio;

namespace Tulip.CharFinder.Tests;

public sealed class TextSocketTests
{
    [Theory]
    [InlineData(0, "sun")]
    [InlineData(1, "sun")]
    [InlineData(2, null)]
    public void Receive_GoesOnWhenTheServerBeginsToStop_AndEndsWhenItIsInterruptedAgain(int interruptions, string? received) => Run(async () =>
    {
        using var socket = WebSocket.CreateFromStream(new InterruptedStream(interruptions), new WebSocketCreationOptions { IsServer = true });
        Assert.Equal(received, await new TextSocket(socket).Receive());
    });

    /// <summary>A client that has sent "sun"; the first reads are cancelled, by somebody else than who reads, as Kestrel does.</summary>
    private sealed class InterruptedStream(int interruptions) : MemoryStream([0x81, 0x83, 0, 0, 0, 0, (byte)'s', (byte)'u', (byte)'n'])
    {
        private int _left = interruptions;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _left-- > 0
            ? ValueTask.FromException<int>(new OperationCanceledException("The read was canceled"))
            : base.ReadAsync(buffer, cancellationToken);
    }
}
