using System.Text;
using Tulip.Engines.Linux;

namespace Tulip.Processes.Tests;

/// <summary>Transports and streams over pipes and files.</summary>
public sealed class PipeTests
{
    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void ReadPipe_Protocol_IsToldInOrderAndCannotStayOpen(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var (read, write) = AnonymousPipe.Create();
        var (transport, protocol) = await rig.Loop.ConnectReadPipe(() => new Recording(), read);
        Assert.Throws<NotSupportedException>(() => transport.Write("x"u8));
        Assert.False(transport.CanWriteEof);
        using (var stream = new FileStream(write, FileAccess.Write, 0))
            stream.Write("hello"u8);
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Equal(["made", "data hello", "eof", "lost"], protocol.Calls);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void ReadPipe_Paused_HoldsBack(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var (read, write) = AnonymousPipe.Create();
        var (transport, protocol) = await rig.Loop.ConnectReadPipe(() => new Recording(), read);
        transport.PauseReading();
        using (var stream = new FileStream(write, FileAccess.Write, 0))
            stream.Write("hello"u8);
        for (var i = 0; i < 20; i++)
            await Sleep(0.001);
        Assert.Equal(["made"], protocol.Calls);
        transport.ResumeReading();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Equal(["made", "data hello", "eof", "lost"], protocol.Calls);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void WritePipe_ReaderGoes_IsNoticedWithoutWriting(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var (read, write) = AnonymousPipe.Create();
        var (transport, protocol) = await rig.Loop.ConnectWritePipe(() => new Recording(), write);
        transport.Write("hello"u8);
        for (var i = 0; i < 5; i++)
            await Sleep(0.001);
        Assert.False(protocol.IsLost);
        read.Dispose();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Null(protocol.Failure);
        Assert.True(transport.IsClosing);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void WritePipe_ReaderGoesWithBytesLeft_IsBroken(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var (read, write) = AnonymousPipe.Create();
        var (transport, protocol) = await rig.Loop.ConnectWritePipe(() => new Recording(), write);
        transport.Write(new byte[1_000_000]);
        Assert.Contains("pause", protocol.Calls);
        await Sleep(0);
        read.Dispose();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.IsType<IOException>(protocol.Failure);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void WritePipe_Eof_LeavesAfterWhatWasWritten(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var (read, write) = AnonymousPipe.Create();
        var reading = CreateTask(ReadAll(read));
        var writer = await OpenWritePipe(write);
        writer.Write(new byte[500_000]);
        Assert.True(writer.CanWriteEof);
        writer.WriteEof();
        await writer.WaitClosed();
        Assert.Equal(500_000, (await reading).Length);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void File_AsAStream_IsReadByLine(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "one\ntwo\n");
        var (reader, _) = await OpenReadPipe(File.OpenHandle(path, options: FileOptions.DeleteOnClose));
        Assert.Equal("one\n", Encoding.UTF8.GetString(await reader.ReadLine()));
        Assert.Equal("two\n", Encoding.UTF8.GetString(await reader.ReadLine()));
        Assert.Empty(await reader.ReadLine());
    });

    private static async Coroutine<byte[]> ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle pipe)
    {
        var (reader, _) = await OpenReadPipe(pipe);
        return await reader.Read();
    }

    private sealed class Recording : Protocol
    {
        public List<string> Calls { get; } = [];

        public bool IsLost { get; private set; }

        public Exception? Failure { get; private set; }

        public override void ConnectionMade(Transport transport) => Calls.Add("made");

        public override void DataReceived(ReadOnlySpan<byte> data) => Calls.Add($"data {Encoding.UTF8.GetString(data)}");

        public override void PauseWriting() => Calls.Add("pause");

        public override bool EofReceived()
        {
            Calls.Add("eof");
            return true;
        }

        public override void ConnectionLost(Exception? exception)
        {
            Calls.Add("lost");
            Failure = exception;
            IsLost = true;
        }
    }
}
