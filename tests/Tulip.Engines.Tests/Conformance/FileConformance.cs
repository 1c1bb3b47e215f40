using Microsoft.Win32.SafeHandles;

namespace Tulip.Engines.Tests.Conformance;

/// <summary>What every engine promises that works on files by completions.</summary>
public abstract class FileConformance : IDisposable
{
    private const int Block = 4096;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tulip-engine-files-");
    private readonly Lazy<EngineDriver> _driver;

    protected FileConformance() => _driver = new Lazy<EngineDriver>(() =>
    {
        try
        {
            var engine = Create();
            if (!engine.Can(FileOperation.Read))
                Assert.Skip("io_uring does not work here, and with it no files by completions.");
            return new EngineDriver(engine);
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    });

    private EngineDriver Driver => _driver.Value;

    private IFileEngine Engine => (IFileEngine)Driver.Engine;

    public void Dispose()
    {
        if (_driver.IsValueCreated)
            Driver.Dispose();
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract IFileEngine Create();

    [Fact]
    public void Read_AtOffsets_GivesWhatIsThereAndNothingBeyondTheEnd()
    {
        using var file = Make(10_000, out var bytes);
        var buffer = new byte[Block];

        Assert.Equal(Block, Ended(Read(file, 5000, buffer)).Result);
        Assert.True(bytes.AsSpan(5000, Block).SequenceEqual(buffer));
        Assert.Equal(1, Ended(Read(file, 9999, buffer)).Result);
        Assert.Equal(bytes[9999], buffer[0]);
        Assert.Equal(0, Ended(Read(file, 10_000, buffer)).Result);
        Assert.Equal(0, Ended(Read(file, 1L << 40, buffer)).Result);
    }

    [Fact]
    public void Read_ManyOfOneFile_EachGivesItsPlaceWhateverTheCollectorMoves()
    {
        using var file = Make(512 * Block, out var bytes);
        var reads = Enumerable.Range(0, 512).Select(i => (Buffer: new byte[Block], Offset: i * 7 % 512 * Block)).ToArray();
        var operations = reads.Select(read => Read(file, read.Offset, read.Buffer)).ToArray();
        GC.Collect();
        Driver.PumpUntilEnded(operations);

        foreach (var (read, operation) in reads.Zip(operations))
        {
            Assert.Equal((Block, 1), (operation.Result, operation.Ends));
            Assert.True(bytes.AsSpan(read.Offset, Block).SequenceEqual(read.Buffer));
        }

        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void Read_MoreThanTheKernelGetsAtOnce_AllEnd()
    {
        using var file = Make(Block, out _);
        var buffer = new byte[Block];
        var operations = Enumerable.Range(0, 5000).Select(_ => Read(file, 0, buffer)).ToArray();
        Driver.PumpUntilEnded(operations);

        Assert.All(operations, operation => Assert.Equal((Block, 1), (operation.Result, operation.Ends)));
    }

    [Fact]
    public void Write_ManyAtOnce_AreAllThere()
    {
        using var file = Make(0, out _);
        var bytes = Bytes.Random(200 * Block);
        var writes = Enumerable.Range(0, 200).Reverse().Select(i => Write(file, i * Block, bytes.AsMemory(i * Block, Block))).ToArray();
        Driver.PumpUntilEnded(writes);

        Assert.All(writes, write => Assert.Equal(Block, write.Result));
        Assert.Equal(0, Ended(Submit(FileOperation.Flush, file)).Result);
        Assert.Equal(0, Ended(Submit(FileOperation.FlushData, file)).Result);
        Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(At("file"))));
    }

    [Fact]
    public void SetLength_CutsAndFills()
    {
        using var file = Make(1000, out var bytes);
        if (!Engine.Can(FileOperation.SetLength))
        {
            Assert.Throws<NotSupportedException>(() => Submit(FileOperation.SetLength, file, 10));
            Assert.Skip("This kernel's io_uring cannot set a file's length: Linux 6.9 is needed.");
        }

        Assert.Equal(0, Ended(Submit(FileOperation.SetLength, file, 600)).Result);
        Assert.Equal(0, Ended(Submit(FileOperation.SetLength, file, 700)).Result);
        Assert.Equal([.. bytes[..600], .. new byte[100]], File.ReadAllBytes(At("file")));
    }

    [Fact]
    public void Write_FileIsOpenForReading_IsRefused()
    {
        Make(10, out _).Dispose();
        using var file = File.OpenHandle(At("file"));

        Assert.Equal(-IoError.BadDescriptor, Ended(Write(file, 0, new byte[1])).Result);
        Assert.Equal(10, new FileInfo(At("file")).Length);
    }

    [Fact]
    public void Cancel_Everything_EndsEachOnce()
    {
        using var file = Make(64 * Block, out _);
        var buffers = Enumerable.Range(0, 3000).Select(_ => new byte[Block]).ToArray();
        var operations = buffers.Select((buffer, i) => i % 2 == 0 ? Read(file, i % 64 * Block, buffer) : Write(file, i % 64 * Block, buffer)).ToArray();
        Driver.Pump();
        foreach (var operation in operations)
            Engine.Cancel(operation.Token);
        Driver.PumpUntilEnded(operations);
        foreach (var operation in operations)
            Engine.Cancel(operation.Token);
        Driver.PumpUntilQuiet();

        Assert.All(operations, operation => Assert.Equal(1, operation.Ends));
        Assert.All(operations, operation => Assert.True(operation.Result is Block or (-IoError.Canceled), $"It ended with {operation.Result}."));

        // Those that had not had their turn cannot have succeeded.
        Assert.Contains(operations, operation => operation.Result == -IoError.Canceled);
    }

    [Fact]
    public void File_DisposedWhileOperationsAreInFlight_ClosesWithTheLast()
    {
        var file = Make(100 * Block, out _);
        var descriptor = $"/proc/self/fd/{file.DangerousGetHandle()}";
        var path = new FileInfo(descriptor).LinkTarget;
        var reads = Enumerable.Range(0, 100).Select(i => Read(file, i * Block, new byte[Block])).ToArray();
        file.Dispose();
        Assert.Equal(path, new FileInfo(descriptor).LinkTarget);
        Driver.PumpUntilEnded(reads);

        Assert.All(reads, read => Assert.Equal(Block, read.Result));
        Assert.NotEqual(path, new FileInfo(descriptor).LinkTarget);
        Assert.Throws<ObjectDisposedException>(() => Read(file, 0, new byte[1]));
        Assert.False(Engine.HasPending);
    }

    [Fact]
    public void Dispose_OperationsInFlight_GivesTheFileBack()
    {
        var file = Make(64 * Block, out _);
        var descriptor = $"/proc/self/fd/{file.DangerousGetHandle()}";
        var path = new FileInfo(descriptor).LinkTarget;
        for (var i = 0; i < 2000; i++)
            Write(file, i % 64 * Block, new byte[Block]);
        Driver.Pump();
        Engine.Dispose();
        file.Dispose();

        Assert.NotEqual(path, new FileInfo(descriptor).LinkTarget);
    }

    [Fact]
    public void Threads_OneAfterTheOther_CanAllUseTheEngine()
    {
        using var file = Make(Block, out var bytes);
        Assert.Equal(Block, Ended(Read(file, 0, new byte[Block])).Result);
        OwnThread.Run(() =>
        {
            var buffer = new byte[Block];
            Assert.Equal(Block, Ended(Read(file, 0, buffer)).Result);
            Assert.Equal(bytes, buffer);
        });
        Assert.Equal(Block, Ended(Read(file, 0, new byte[Block])).Result);
    }

    [Fact]
    public void ReadNow_WhatIsInMemory_NeedsNoOperation()
    {
        using var file = Make(10_000, out var bytes);
        var buffer = new byte[Block];
        RandomAccess.Read(file, buffer, 0);
        Array.Clear(buffer);
        var count = Engine.ReadNow(file, 0, buffer);
        if (count == -IoError.NotSupported)
            Assert.Skip("This file system does not tell what is in memory.");

        Assert.Equal(Block, count);
        Assert.True(bytes.AsSpan(0, Block).SequenceEqual(buffer));
        Assert.Equal(0, Engine.ReadNow(file, 10_000, buffer));
        Assert.False(Engine.HasPending);
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Engine.ReadNow(file, 0, buffer));
    }

    [Fact]
    public void IsRegular_TellsFilesFromDevices()
    {
        using var file = Make(1, out _);
        using var device = File.OpenHandle("/dev/zero");

        Assert.True(Engine.IsRegular(file));
        Assert.False(Engine.IsRegular(device));
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private SafeFileHandle Make(int length, out byte[] bytes)
    {
        _ = Driver;
        bytes = Bytes.Random(length);
        File.WriteAllBytes(At("file"), bytes);
        return File.OpenHandle(At("file"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    private Operation Read(SafeFileHandle file, long offset, Memory<byte> target)
        => Submit(new FileRequest { Operation = FileOperation.Read, File = file, Offset = offset, Target = target });

    private Operation Write(SafeFileHandle file, long offset, ReadOnlyMemory<byte> source)
        => Submit(new FileRequest { Operation = FileOperation.Write, File = file, Offset = offset, Source = source });

    private Operation Submit(FileOperation operation, SafeFileHandle file, long offset = 0)
        => Submit(new FileRequest { Operation = operation, File = file, Offset = offset });

    private Operation Submit(FileRequest request)
    {
        var operation = new Operation(new IoRequest { Opcode = IoOpcode.File });
        request.State = operation;
        operation.Token = Engine.SubmitFile(request);
        return operation;
    }

    private Operation Ended(Operation operation)
    {
        Driver.PumpUntilEnded(operation);
        return operation;
    }
}
