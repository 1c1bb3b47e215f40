using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine that watches descriptors promises.</summary>
public abstract partial class DescriptorConformance : IDisposable
{
    private readonly Lazy<EngineDriver> _driver;

    protected DescriptorConformance() => _driver = new Lazy<EngineDriver>(() =>
    {
        try
        {
            return new EngineDriver(Create());
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    });

    private EngineDriver Driver => _driver.Value;

    private IDescriptorEngine Engine => (IDescriptorEngine)Driver.Engine;

    public void Dispose()
    {
        if (_driver.IsValueCreated)
            Driver.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract IDescriptorEngine Create();

    [Fact]
    public void Poll_Pipe_IsReadyWhenSomethingIsThereAndAsOftenAsAsked()
    {
        using var pipe = new Pipe();
        var handle = Engine.Watch(pipe.ReadEnd);
        var poll = Driver.Poll(handle, forWriting: false);
        Driver.PumpUntilQuiet();
        Assert.False(poll.HasEnded);

        pipe.Write();
        Driver.PumpUntilEnded(poll);
        for (var i = 0; i < 3; i++)
        {
            var again = Driver.Poll(handle, forWriting: false);
            Driver.PumpUntilEnded(again);
            Assert.Equal(0, again.Result);
        }

        pipe.Read();
        var empty = Driver.Poll(handle, forWriting: false);
        Driver.PumpUntilQuiet();
        Assert.False(empty.HasEnded);
    }

    [Fact]
    public void Poll_WriteEnd_IsReadyAtOnce()
    {
        using var pipe = new Pipe();
        var poll = Driver.Poll(Engine.Watch(pipe.WriteEnd), forWriting: true);
        Driver.PumpUntilEnded(poll);
    }

    [Fact]
    public void Poll_OtherEndCloses_IsReady()
    {
        using var pipe = new Pipe();
        var poll = Driver.Poll(Engine.Watch(pipe.ReadEnd), forWriting: false);
        Driver.PumpUntilQuiet();
        pipe.CloseWriteEnd();
        Driver.PumpUntilEnded(poll);
    }

    [Fact]
    public void Poll_BothDirectionsOfASocket_EachIsReportedAlone()
    {
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var server = listener.Accept();
        var handle = Engine.Watch((int)client.Handle);
        var reading = Driver.Poll(handle, forWriting: false);
        var writing = Driver.Poll(handle, forWriting: true);
        Driver.PumpUntilEnded(writing);
        Driver.PumpUntilQuiet();
        Assert.False(reading.HasEnded);

        server.Send("x"u8);
        Driver.PumpUntilEnded(reading);
    }

    [Fact]
    public void Poll_Cancelled_EndsOnceAndCanBeAskedAgain()
    {
        using var pipe = new Pipe();
        var handle = Engine.Watch(pipe.ReadEnd);
        var poll = Driver.Poll(handle, forWriting: false);
        Driver.Pump();
        Engine.Cancel(poll.Token);
        Driver.PumpUntilEnded(poll);
        Assert.Equal(-IoError.Canceled, poll.Result);

        pipe.Write();
        Driver.PumpUntilEnded(Driver.Poll(handle, forWriting: false));
    }

    [Fact]
    public void Close_Watch_LeavesTheDescriptorOpen()
    {
        using var pipe = new Pipe();
        var poll = Driver.Poll(Engine.Watch(pipe.ReadEnd), forWriting: false);
        Engine.Close(poll.Request.Handle);
        Driver.PumpUntilEnded(poll);
        pipe.Write();
        pipe.Read();
        Driver.PumpUntilEnded(Driver.Poll(Engine.Watch(pipe.WriteEnd), forWriting: true));
    }

    [Fact]
    public void Watch_RegularFile_SaysThatItIsAlwaysReady()
    {
        using var file = File.OpenHandle(Path.GetTempFileName(), options: FileOptions.DeleteOnClose);
        var thrown = Assert.Throws<NotSupportedException>(() => Engine.Watch((int)file.DangerousGetHandle()));
        Assert.Contains("always ready", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_NoSuchDescriptor_IsRefused() => Assert.Throws<ArgumentException>(() => Engine.Watch(1_000_000));

    private sealed class Pipe : IDisposable
    {
        private readonly AnonymousPipeServerStream _write = new(PipeDirection.Out);
        private readonly AnonymousPipeClientStream _read;

        public Pipe() => _read = new AnonymousPipeClientStream(PipeDirection.In, _write.ClientSafePipeHandle);

        public int ReadEnd => Number(_read.SafePipeHandle);

        public int WriteEnd => Number(_write.SafePipeHandle);

        public void Write() => _write.WriteByte(1);

        public void Read() => _read.ReadByte();

        public void CloseWriteEnd() => _write.Dispose();

        public void Dispose()
        {
            _read.Dispose();
            _write.Dispose();
        }

        private static int Number(SafePipeHandle handle) => (int)handle.DangerousGetHandle();
    }
}
