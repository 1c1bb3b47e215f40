using System.Net.Sockets;

namespace Evolution;

/// <summary>One page after the other; the thread waits in each call.</summary>
internal sealed class Blocking : Way
{
    public override string Name => "blocking";

    public override string Description => "one page after the other";

    public override double? SecondsInTheTexts => 4.5;

    public override bool IsConcurrent => false;

    public override IReadOnlyList<string> Crawl(IReadOnlyList<PageRequest> requests) => [.. requests.Select(Fetch)];

    /// <summary>Gets one page; also what a thread or a process does.</summary>
    public static string Fetch(PageRequest request)
    {
        using var socket = new Socket(request.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(request.Server);
        socket.Send(request.ToBytes());

        using var stream = new NetworkStream(socket);
        using var received = new MemoryStream();
        stream.CopyTo(received);
        return request.Parse(received.ToArray());
    }
}
