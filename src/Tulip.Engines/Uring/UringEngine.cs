// UringEngine: the kernel's own completions.
// Thread: loop thread only, but for Wake.  Owns: everything below it.
//   port      the ring, its buffers and its thread          UringPort, UringRing, UringBuffers
//   table     handles and operations                        UringTable
//   starter   what goes down                                UringStarter, UringSends
//   files     operations on files                           UringFiles
//   collector what comes up                                 UringCollector
// A pass of the loop is one system call, made by SubmitAndWait; none if there is nothing to hand over and the kernel
// says, in shared memory, that it has nothing.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Files;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

/// <summary>The engine over Linux's io_uring: a pass of the loop is one system call, whatever number of sockets it serves.</summary>
/// <remarks>
/// <para>It works where the kernel (6.0 or later) has io_uring and nobody has forbidden it, as many containers do.
/// Operations belong to the thread that waits first; the engine can go on in another one when none is in flight.</para>
/// <threadsafety>Loop thread only, but for <see cref="Wake"/>, which any thread may call, and <see cref="WaitForWork"/>.</threadsafety>
/// </remarks>
public sealed class UringEngine : IDescriptorEngine, IFileEngine, IWatchedEngine
{
    internal const string WayOut = "Run the loop on one thread, or with another engine (TULIP_ENGINE=epoll).";

    // When disposing: waits for the kernel's last completions, each this long at most.
    private const int DrainAttempts = 200;
    private const long DrainNanoseconds = 10_000_000;

    private readonly UringPort _port;
    private readonly UringTable _table;
    private readonly UringSends _sends = new();
    private readonly LinuxDatagrams _datagrams = new(new DatagramBuffers());
    private readonly UringStarter _starter;
    private readonly UringFiles _files;
    private readonly UringCollector _collector;
    private bool _isDisposed;

    /// <summary>An engine with nothing open.</summary>
    /// <exception cref="PlatformNotSupportedException">io_uring does not work here; the message says why and what to do.</exception>
    public UringEngine()
        : this(UringOptions.Default)
    {
    }

    internal UringEngine(UringOptions options)
        : this(UringSupport.Open(options))
    {
    }

    private UringEngine(UringPort port)
    {
        _port = port;
        _table = new UringTable(_sends);
        _starter = new UringStarter(_table, port, _sends, _datagrams);
        _files = new UringFiles(port);
        _collector = new UringCollector(_table, port, _sends, _starter, _files);
        Sockets = new LinuxSockets(_table);
    }

    /// <inheritdoc/>
    public string Name => "io_uring";

    /// <inheritdoc/>
    public IoFeatures Features => IoFeatures.Descriptors | IoFeatures.SendFile;

    /// <inheritdoc/>
    public IIoSockets Sockets { get; }

    /// <inheritdoc/>
    public bool HasPending => _table.Operations > 0 || _table.HasEnded || _files.HasPending;

    /// <inheritdoc/>
    public void BeginWatch() => _port.BeginWatch();

    /// <inheritdoc/>
    public bool HasWork => HasPending
        && (_table.HasEnded || _files.HasEnded || _port.HasCompletions || _port.NeedsEnter || SendsAnswer);

    // A receive without a buffer may need what quiet sends hold: then their success is waited for too.
    private bool SendsAnswer => _starter.IsStarved ? _sends.Count > 0 : _sends.Urgent > 0;

    private bool IsIdle => _table.Operations == 0 && _files.Operations == 0;

    internal UringPort Port => _port;

    /// <inheritdoc/>
    public IoHandle Watch(int descriptor)
    {
        UringSupport.CheckCanBePolled(descriptor);
        return _table.AddWatch(descriptor);
    }

    /// <inheritdoc/>
    public int DescriptorOf(IoHandle handle) => _table.Descriptor(handle);

    /// <inheritdoc/>
    public IoHandle Adopt(SafeFileHandle file, out bool tellsOfReader)
    {
        var (descriptor, kind) = LinuxFiles.TakeOver(file);
        tellsOfReader = kind == LinuxFileKind.PipeToWrite;
        return kind == LinuxFileKind.Socket ? _table.Add(descriptor) : _table.AddFile(descriptor);
    }

    /// <inheritdoc/>
    public IoToken Submit(in IoRequest request, out int result)
    {
        ref var slot = ref _table.Live(request.Handle);
        var writing = request.IsWriting;
        ref var direction = ref writing ? ref slot.Write : ref slot.Read;
        if (direction.Operation != 0)
            throw IoMisuse.DirectionInUse(direction.Opcode);
        if (IsIdle && !_port.IsHere)
            _port.Attach(isIdle: true);

        var place = IoToken.PlaceOf(request.Handle, writing);
        var operation = _table.NextOperation();
        result = _starter.Begin(request, ref slot, ref direction, place, operation);
        return direction.Phase == UringPhase.None ? IoToken.None : _table.Begun(request, ref direction, place, operation);
    }

    /// <inheritdoc/>
    public int SendFileNow(int descriptor, IoFilePart part) => LinuxFiles.Send(descriptor, part);

    /// <inheritdoc/>
    public bool Can(FileOperation operation) => _files.Can(operation);

    /// <inheritdoc/>
    public bool IsRegular(SafeFileHandle file) => LinuxFiles.IsRegular(file);

    /// <inheritdoc/>
    public IoToken SubmitFile(in FileRequest request)
    {
        if (IsIdle && !_port.IsHere)
            _port.Attach(isIdle: true);
        return _files.Begin(request);
    }

    /// <inheritdoc/>
    public int ReadNow(SafeFileHandle file, long offset, Span<byte> target) => CachedReads.ReadNow(file, offset, target);

    /// <inheritdoc/>
    public int SendNow(IoHandle handle, ReadOnlySpan<byte> bytes)
    {
        ref var slot = ref _table.Live(handle);
        return slot.IsFile ? LinuxFiles.Write(slot.Descriptor, bytes) : LinuxSockets.Send(slot.Descriptor, bytes);
    }

    /// <inheritdoc/>
    public void Cancel(IoToken token)
    {
        if (UringFiles.IsToken(token))
            _files.Cancel(token);
        else if (_table.IsInFlight(token.Index, token.Generation))
            _starter.Cancel(token.Index);
    }

    /// <inheritdoc/>
    public int SubmitAndWait(Span<IoCompletion> completions, long timeoutNanoseconds)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _port.Attach(IsIdle);
        _starter.BeginStarved();

        var stored = 0;
        _table.TakeEnded(completions, ref stored);
        _files.TakeEnded(completions, ref stored);

        var waits = timeoutNanoseconds != 0 && stored == 0 && !SendsAnswer && !_port.HasCompletions;
        if (waits || _port.NeedsEnter)
            _port.Enter(waits ? 1u : 0u, timeoutNanoseconds);
        _collector.Collect(completions, ref stored);
        _port.ForgetResults();
        return stored;
    }

    /// <inheritdoc/>
    public void Return(in IoCompletion completion)
    {
        if (completion.Data.IsEmpty || _isDisposed)
            return;

        if (completion.Opcode == IoOpcode.ReceiveFrom)
            _port.Datagrams.Return(completion.Lease);
        else if (completion.Lease < 0)
            _port.FileBuffers.Return(~completion.Lease);
        else
            _port.Buffers.Return(completion.Lease);
    }

    /// <inheritdoc/>
    public void Close(IoHandle handle, bool reset = false)
    {
        if (!_table.IsLive(handle))
            return;

        var accepts = false;
        foreach (var isWriting in (ReadOnlySpan<bool>)[false, true])
        {
            var place = IoToken.PlaceOf(handle, isWriting);
            accepts |= _table.Direction(place).Opcode == IoOpcode.Accept;
            if (_table.Direction(place).Operation != 0)
                _starter.Cancel(place);
        }

        // Clients are refused from now on, not from the next wait on. The accept holds the socket, so it has to end
        // first; a shutdown would end it too, but also that of another process that shares the socket.
        if (accepts && _port.IsHere)
        {
            _port.Attach(isIdle: false);
            _port.Enter(0, 0);
            _table.CloseDescriptor(handle);
        }

        _table.Close(handle, reset);
    }

    /// <inheritdoc/>
    public void WaitForWork() => _port.WaitForResults();

    /// <inheritdoc/>
    public void Wake() => _port.Wake();

    /// <summary>Closes every socket and the engine; operations in flight are dropped, when the kernel is done with them.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        // A thread that has ended took its operations with it. Of one that goes on, the kernel may still be at work:
        // then its buffers are kept for ever, for better lost than overwritten.
        var isQuiet = _port.IsHere ? Drain() : !_port.IsElsewhere;
        _isDisposed = true;
        _port.Dispose();
        if (isQuiet)
        {
            _port.Buffers.Dispose();
            _port.Datagrams.Dispose();
        }

        _table.Dispose();
        _sends.Dispose();
        _datagrams.Dispose();
    }

    private void CloseAll()
    {
        foreach (var handle in _table.LiveHandles())
            Close(handle);
    }

    private bool Drain()
    {
        var completions = new IoCompletion[64];
        CloseAll();
        _files.CancelAll();
        for (var attempt = 0; attempt < DrainAttempts && HasPending; attempt++)
        {
            SubmitAndWait(completions, DrainNanoseconds);

            // A connection may have been accepted meanwhile.
            CloseAll();
        }

        return IsIdle;
    }
}
