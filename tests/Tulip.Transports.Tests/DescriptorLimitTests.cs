using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tulip.Engines;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

/// <summary>A server in a process that runs out of descriptors.</summary>
public sealed class DescriptorLimitTests
{
    private const int Limit = 100;
    private const int Clients = 140;

    [Theory]
    [ClassData(typeof(DescriptorEngineData))]
    public async Task Server_AtTheLimit_ReportsOnce_Pauses_AndServesEverybodyInTheEnd(string engine)
    {
        using var program = new Program(engine);
        var port = int.Parse(await program.Reads(), CultureInfo.InvariantCulture);
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < Clients; i++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 120_000 };
                clients.Add(client);
                client.Connect(IPAddress.Loopback, port);
            }

            Assert.Contains("out of system resource", await program.Reads(), StringComparison.Ordinal);

            // It goes on with whom it has. Some tries later it has not spun meanwhile, nor told it again.
            var before = Ask(clients[0], "?"u8);
            var after = Ask(clients[0], "!"u8);
            Assert.InRange(after.Passes - before.Passes, 1, (3 * (after.Tries - before.Tries)) + 10);
            Assert.Equal(1, after.Reports);

            // Whoever leaves makes room for the next; each waits for its turn.
            foreach (var client in clients)
            {
                client.Send("x"u8);
                Assert.Equal(1, client.Receive(new byte[1]));
                client.Dispose();
            }

            // Nothing was left open.
            using var last = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 120_000 };
            last.Connect(IPAddress.Loopback, port);
            Ask(last, "?"u8);
            Assert.True(SpinWait.SpinUntil(() => program.Sockets() < 10, 120_000), "Connections that had gone are still open.");
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }

    private static (long Passes, long Reports, long Tries) Ask(Socket client, ReadOnlySpan<byte> question)
    {
        const int Digits = 20;
        client.Send(question);
        var answer = new byte[3 * Digits];
        for (var count = 0; count < answer.Length;)
        {
            var got = client.Receive(answer.AsSpan(count));
            Assert.NotEqual(0, got);
            count += got;
        }

        return (Number(0), Number(1), Number(2));

        long Number(int place) => long.Parse(answer.AsSpan(place * Digits, Digits), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private sealed class Program : IDisposable
    {
        private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(180));
        private readonly Process _process;

        public Program(string engine)
        {
            var start = new ProcessStartInfo(
                "/bin/sh", ["-c", $"ulimit -n {Limit} && exec \"$0\"", Path.Combine(AppContext.BaseDirectory, "Tulip.LimitProgram")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment[EngineSelector.Variable] = engine;
            _process = Process.Start(start)!;

            // A read of a pipe cannot be cancelled, but it ends with the program.
            _patience.Token.Register(_process.Kill);
        }

        public async Task<string> Reads() => await _process.StandardOutput.ReadLineAsync() ?? "";

        public int Sockets() => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFileSystemInfos()
            .Count(static link => link.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

        public void Dispose()
        {
            _process.StandardInput.Dispose();
            if (!_process.WaitForExit(60_000))
                _process.Kill();
            _process.Dispose();
            _patience.Dispose();
        }
    }
}
