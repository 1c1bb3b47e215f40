using System.Net.Sockets;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests;

public sealed class UnixTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tulip").FullName;

    private string SocketPath => Path.Combine(_folder, "socket");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Echo_OverUnixSocket_ComesBackAndTheFileGoes(string engine) => Rig.Run(engine, async rig =>
    {
        var server = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath);
        var (transport, client) = await rig.Loop.CreateUnixConnection(static () => new Recorder(), SocketPath);
        Assert.Equal(new UnixDomainSocketEndPoint(SocketPath), transport.RemoteEndPoint);
        transport.Write("hello"u8);
        await rig.Until(() => client.Bytes == 5);
        transport.Close();
        Assert.True(File.Exists(SocketPath));
        server.Close();
        Assert.False(File.Exists(SocketPath));
        await server.WaitClosed();
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Server_WhereASocketWasLeft_ReplacesIt(string engine) => Rig.Run(engine, async rig =>
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(SocketPath));
            await using var first = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath);
            Assert.True(first.IsServing);
        }

        await Sleep(0);
        await File.WriteAllTextAsync(SocketPath, "no socket");
        await Expect.Failure<SocketException>(async () => await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath));
        Assert.Equal("no socket", await File.ReadAllTextAsync(SocketPath));
        File.Delete(SocketPath);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Server_WhereThereIsNoFolder_SaysSo(string engine) => Rig.Run(engine, async rig =>
    {
        var path = Path.Combine(_folder, "none", "socket");
        var failure = await Expect.Failure<SocketException>(async () => await rig.Loop.CreateUnixServer(static () => new Echo(), path));
        Assert.Equal($"Error while attempting to bind on address {path}: there is no folder {Path.Combine(_folder, "none")}.", failure.Message);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Close_WhenTheFileIsAnothers_LeavesIt(string engine) => Rig.Run(engine, async rig =>
    {
        var first = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath);
        var second = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath);
        first.Close();
        Assert.True(File.Exists(SocketPath));
        second.Close();
        Assert.False(File.Exists(SocketPath));

        var kept = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath, new ServerOptions { CleanupSocket = false });
        kept.Close();
        Assert.True(File.Exists(SocketPath));
        var gone = await rig.Loop.CreateUnixServer(static () => new Echo(), SocketPath);
        File.Delete(SocketPath);
        gone.Close();
    });
}
