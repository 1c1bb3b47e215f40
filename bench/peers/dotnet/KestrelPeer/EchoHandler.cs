using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace KestrelPeer;

internal sealed class EchoHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync();
                foreach (var segment in result.Buffer)
                    output.Write(segment.Span);
                input.AdvanceTo(result.Buffer.End);
                var flushed = await output.FlushAsync();
                if (result.IsCompleted || flushed.IsCompleted)
                    return;
            }
        }
        catch (ConnectionResetException)
        {
            // The peer is gone.
        }
    }
}
