using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux;

namespace Tulip.Engines.Tests.Conformance;

// What is read and written as a stream and is no socket.
public abstract partial class DescriptorConformance
{
    private const int NonBlocking = 0x800;

    [Fact]
    public void Receive_Pipe_GivesWhatIsWrittenAndThenTheEnd()
    {
        var (read, write) = AnonymousPipe.Create();
        var receive = Driver.Receive(Engine.Adopt(read, out var tellsOfReader));
        Assert.False(tellsOfReader);
        Driver.PumpUntilQuiet();
        for (var i = 1; i <= 3; i++)
        {
            Put(write, "abc"u8);
            Driver.PumpUntil(() => receive.Received.Length == 3 * i, "the bytes");
        }

        Assert.False(receive.HasEnded);
        write.Dispose();
        Driver.PumpUntilEnded(receive);
        Assert.Equal(0, receive.Result);
        Assert.Equal("abcabcabc"u8.ToArray(), receive.Received.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Send_MuchMoreThanAPipeHolds_ArrivesWhole(int pieces)
    {
        const int Size = 3_000_000;
        var (read, write) = AnonymousPipe.Create();
        var receive = Driver.Receive(Engine.Adopt(read, out _));
        var sender = Engine.Adopt(write, out var tellsOfReader);
        Assert.True(tellsOfReader);
        ReadOnlyMemory<byte> rest = Bytes.Random(Size);
        var expected = SHA256.HashData(rest.Span);
        while (!rest.IsEmpty)
        {
            var request = new IoRequest { Opcode = IoOpcode.Send, Handle = sender, Buffer = rest };
            if (pieces > 1)
            {
                var chunk = rest;
                var length = chunk.Length / pieces;
                request.Segments = Enumerable.Range(0, pieces)
                    .Select(i => i < pieces - 1 ? chunk.Slice(i * length, length) : chunk[(i * length)..])
                    .Where(static piece => !piece.IsEmpty)
                    .ToArray();
            }

            var send = Driver.Submit(request);
            Driver.PumpUntilEnded(send);
            Assert.InRange(send.Result, 1, rest.Length);
            rest = rest[send.Result..];
        }

        Engine.Close(sender);
        Driver.PumpUntilEnded(receive);
        Assert.Equal(expected, SHA256.HashData(receive.Received.ToArray()));
    }

    [Fact]
    public void Receive_Cancelled_LosesNothing()
    {
        var (read, write) = AnonymousPipe.Create();
        using var end = write;
        var handle = Engine.Adopt(read, out _);
        var first = Driver.Receive(handle);
        Driver.Pump();
        Engine.Cancel(first.Token);
        Driver.PumpUntilEnded(first);
        Assert.Equal(-IoError.Canceled, first.Result);

        Put(write, "abc"u8);
        var second = Driver.Receive(handle);
        Driver.PumpUntil(() => second.Received.Length == 3, "the bytes");
    }

    [Fact]
    public void Receive_EverythingLent_GoesOnWhenItComesBack()
    {
        const int Size = 8 * 1024 * 1024;
        using var source = TemporaryFile(Bytes.Random(Size));
        var receive = Driver.Receive(Engine.Adopt(source, out _));
        receive.HoldsLeases = true;
        Driver.PumpUntil(() => receive.Held >= 8, "all memory lent");
        for (var i = 0; i < 5; i++)
            Driver.Pump();
        Assert.False(receive.HasEnded);

        receive.ReturnAll(Engine);
        receive.HoldsLeases = false;
        Driver.PumpUntilEnded(receive);
        Assert.Equal(0, receive.Result);
        Assert.Equal(Bytes.Random(Size), receive.Received.ToArray());
    }

    [Fact]
    public void Poll_WriteEnd_TellsThatNobodyReadsAnyMore()
    {
        var (read, write) = AnonymousPipe.Create();
        var handle = Engine.Adopt(write, out _);
        var poll = Driver.Poll(handle, forWriting: false);
        Assert.Equal(3, Driver.Send(handle, "abc"u8.ToArray()).Result);
        Driver.PumpUntilQuiet();
        Assert.False(poll.HasEnded);

        read.Dispose();
        Driver.PumpUntilEnded(poll);
        var send = Driver.Send(handle, "abc"u8.ToArray());
        Driver.PumpUntilEnded(send);
        Assert.Equal(-IoError.BrokenPipe, send.Result);
    }

    [Fact]
    public void Send_PipeIsFull_WaitsForRoomAndCanBeCancelled()
    {
        var (read, write) = AnonymousPipe.Create();
        using var end = read;
        var handle = Engine.Adopt(write, out _);
        var filler = Driver.Send(handle, new byte[1_000_000]);
        Driver.PumpUntilEnded(filler);
        var waits = Driver.Send(handle, "abc"u8.ToArray());
        Driver.PumpUntilQuiet();
        Assert.False(waits.HasEnded);

        Engine.Cancel(waits.Token);
        Driver.PumpUntilEnded(waits);
        Assert.Equal(-IoError.Canceled, waits.Result);
    }

    [Fact]
    public void RegularFile_IsReadToItsEndAndWritten()
    {
        var bytes = Bytes.Random(700_000);
        var receive = Driver.Receive(Engine.Adopt(TemporaryFile(bytes), out _));
        Driver.PumpUntilEnded(receive);
        Assert.Equal(0, receive.Result);
        Assert.Equal(bytes, receive.Received.ToArray());

        var path = Path.GetTempFileName();
        var handle = Engine.Adopt(File.OpenHandle(path, FileMode.Open, FileAccess.Write), out var tellsOfReader);
        Assert.False(tellsOfReader);
        Assert.Equal(0, Driver.SendAll(handle, bytes));
        Engine.Close(handle);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        File.Delete(path);
    }

    [Fact]
    public void NullDevice_HasNothingAndTakesEverything()
    {
        var handle = Engine.Adopt(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite), out _);
        var receive = Driver.Receive(handle);
        Driver.PumpUntilEnded(receive);
        Assert.Equal(0, receive.Result);
        Assert.Equal(0, Driver.SendAll(handle, new byte[100]));
    }

    [Fact]
    public void Adopt_SharedPipe_StaysBlockingForOthers()
    {
        var (read, write) = AnonymousPipe.Create();
        using (read)
        using (write)
        {
            var receive = Driver.Receive(Engine.Adopt(new SafeFileHandle(read.DangerousGetHandle(), ownsHandle: false), out _));
            Assert.Equal(0, FlagsOf(read) & NonBlocking);

            Put(write, "abc"u8);
            Driver.PumpUntil(() => receive.Received.Length == 3, "the bytes");
            Engine.Close(receive.Request.Handle);
            Assert.False(read.IsClosed);
        }
    }

    [Fact]
    public void Adopt_ClosedOrDirectory_IsRefused()
    {
        var (read, write) = AnonymousPipe.Create();
        read.Dispose();
        write.Dispose();
        Assert.Throws<ArgumentException>(() => Engine.Adopt(read, out _));
        Assert.Throws<ArgumentException>(() => Engine.Adopt(new SafeFileHandle(1_000_000, ownsHandle: false), out _));
    }

    private static SafeFileHandle TemporaryFile(byte[] content)
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, content);
        return File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    private static void Put(SafeFileHandle pipe, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(new SafeFileHandle(pipe.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0);
        stream.Write(bytes);
    }

    private static int FlagsOf(SafeFileHandle file)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{file.DangerousGetHandle()}").First(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        return Convert.ToInt32(line["flags:".Length..].Trim(), 8);
    }
}
