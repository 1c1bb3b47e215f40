// ChildTransport: a child process, its end and its pipes, as one thing that a protocol is told of.
// Thread: the loop's.  Owns: the child, from its start until it has been collected, and the transports of its pipes.
//   1. The protocol is told: ConnectionMade first, ConnectionLost last and once; the rest in the order in which it comes.
//   2. Finished is set when the child has been collected and every pipe is gone; then ConnectionLost is posted, and who
//      waits is woken after it.
//   3. A child is always collected: here, or, when the loop closes before, by a thread.
//   4. The first steps of the pipes stand in the queue before ours: nothing comes through them before ConnectionMade.
using System.Runtime.InteropServices;
using Tulip.Engines;
using Tulip.Engines.Linux;

namespace Tulip;

internal sealed class ChildTransport : SubprocessTransport, IIoEventTarget
{
    private const int Start = 1;
    private const int Ended = 2;
    private const int TellEnd = 3;
    private const int Finish = 4;
    private const int TellPipeLost = 5;

    private readonly LoopTransports _shared;
    private readonly ChildProcess _child;
    private readonly ChildPipe?[] _pipes = new ChildPipe?[3];
    private readonly List<Future<int>> _waiters = [];
    private readonly Context? _context;
    private readonly ExecutionContext? _flow;
    private readonly Future<Unit> _started;
    private readonly IoHandle _watch;
    private SubprocessProtocol _protocol;
    private int _exitCode;
    private int? _returnCode;
    private bool _collected;
    private bool _closed;
    private bool _finished;

    private ChildTransport(LoopTransports shared, ChildProcess child, ChildPipes pipes, SubprocessProtocol protocol)
    {
        _shared = shared;
        _child = child;
        _protocol = protocol;
        _context = Context.CopyForChild(Context.Current);
        _flow = shared.Loop.Flow.Capture();
        _started = shared.Loop.CreateFuture<Unit>();
        _watch = PipeTransport.EngineOf(shared).Watch(child.Descriptor);
        try
        {
            for (var descriptor = 0; descriptor < _pipes.Length; descriptor++)
            {
                if (pipes.Take(descriptor) is { } end)
                    _pipes[descriptor] = new ChildPipe(this, descriptor, end);
            }
        }
        catch
        {
            foreach (var pipe in _pipes)
                pipe?.Transport.Abort();
            shared.Engine.Close(_watch);
            throw;
        }

        shared.Children.Add(this);
        shared.Places.Note(this);
        shared.Events.PostStep(this, Start);
        AwaitEnd();
    }

    public EventLoop Loop => _shared.Loop;

    /// <inheritdoc/>
    public override bool IsClosing => _closed;

    /// <summary>Starts a child; waits until the protocol has been told. A cancel meanwhile kills the child.</summary>
    public static async Coroutine<(SubprocessTransport Transport, TProtocol Protocol)> Make<TProtocol>(
        LoopTransports shared, Func<TProtocol> protocolFactory, string program, IReadOnlyList<string> arguments, SubprocessOptions options)
        where TProtocol : SubprocessProtocol
    {
        _ = PipeTransport.EngineOf(shared);
        var protocol = protocolFactory();
        var transport = Begin(shared, protocol, program, arguments, options);
        try
        {
            await transport._started;
        }
        catch
        {
            transport.Close();
            await transport.Wait();
            throw;
        }

        return (transport, protocol);
    }

    /// <inheritdoc/>
    public override int GetPid() => _child.Id;

    /// <inheritdoc/>
    public override int? GetReturnCode() => _returnCode;

    /// <inheritdoc/>
    public override Transport? GetPipeTransport(int descriptor)
        => descriptor is >= 0 and <= 2 ? _pipes[descriptor]?.Transport : null;

    /// <inheritdoc/>
    public override void SendSignal(PosixSignal signal)
    {
        _shared.Loop.CheckThread();
        _child.SendSignal(ProcessSignals.NumberOf(signal));
    }

    /// <summary>Closes the pipes and kills the process, if it runs.</summary>
    public override void Close()
    {
        _shared.Loop.CheckThread();
        if (_closed)
            return;

        _closed = true;
        var kills = _returnCode is null;

        // What waits for a process that is killed would wait for whoever else has the pipe, a child of its own that never reads.
        if (kills)
            _pipes[0]?.Transport.Abort();
        foreach (var pipe in _pipes)
            pipe?.Transport.Close();
        if (kills)
            _child.TryKill();
    }

    /// <inheritdoc/>
    public override void SetProtocol(BaseProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        _shared.Loop.CheckThread();
        _protocol = protocol as SubprocessProtocol
            ?? throw new ArgumentException($"A child process needs a SubprocessProtocol, not a {protocol.GetType()}.", nameof(protocol));
    }

    /// <inheritdoc/>
    public override BaseProtocol GetProtocol() => _protocol;

    /// <inheritdoc/>
    public override object? GetExtraInfo(string name)
        => name == SubprocessName && !_collected ? System.Diagnostics.Process.GetProcessById(_child.Id) : null;

    /// <inheritdoc/>
    public override string ToString()
        => $"<SubprocessTransport pid={_child.Id} {(_returnCode is { } code ? $"returncode={code}" : "running")}>";

    /// <summary>Waits until the process has ended and every pipe is gone; its exit code.</summary>
    public async Coroutine<int> Wait()
    {
        if (_finished && _returnCode is { } known)
            return known;

        var waiter = _shared.Loop.CreateFuture<int>();
        _waiters.Add(waiter);
        try
        {
            return await waiter;
        }
        finally
        {
            _waiters.Remove(waiter);
        }
    }

    /// <summary>The loop closes: the child does not outlive it.</summary>
    public void OnLoopClosed()
    {
        if (!_closed && _returnCode is null)
        {
            _shared.Loop.CallExceptionHandler(
                new LoopErrorContext($"A child process was running when its loop was closed, and is killed{_shared.Places.Of(this)}") { Transport = this, Protocol = _protocol });
        }

        _closed = true;
        _child.KillAndForget();
    }

    void IIoTarget.Complete(in IoCompletion completion) => _shared.Events.Post(completion);

    void IIoTarget.Flush()
    {
    }

    void IIoEventTarget.Handle(in IoCompletion completion)
    {
        if (completion.Opcode == IoOpcode.Poll)
            OnEnd(completion.Result);
        else
            OnStep(completion.Result);
    }

    internal void OnPipeData(int descriptor, ReadOnlySpan<byte> data)
    {
        Enter();
        try
        {
            _protocol.PipeDataReceived(descriptor, data);
        }
        catch (Exception exception)
        {
            ErrorReport.OnCallbackError(_shared.Loop, _protocol, exception);
        }

        Leave();
    }

    internal void OnPipeLost(int descriptor)
    {
        _shared.Events.PostStep(this, TellPipeLost + descriptor);
        FinishIfOver();
    }

    internal void OnWritingPaused(bool isPaused) => Call((IsPaused: isPaused, 0), static (protocol, state) =>
    {
        if (state.IsPaused)
            protocol.PauseWriting();
        else
            protocol.ResumeWriting();
    });

    private static ChildTransport Begin(
        LoopTransports shared, SubprocessProtocol protocol, string program, IReadOnlyList<string> arguments, SubprocessOptions options)
    {
        using var pipes = new ChildPipes();
        var child = pipes.Start(program, arguments, options);
        try
        {
            return new ChildTransport(shared, child, pipes, protocol);
        }
        catch
        {
            child.KillAndForget();
            throw;
        }
    }

    private void AwaitEnd() => _shared.Engine.Submit(new IoRequest { Opcode = IoOpcode.Poll, Handle = _watch, State = this }, out _);

    private void OnEnd(int result)
    {
        if (result == -IoError.Canceled)
            return;

        if (!_child.TryReap(out _exitCode))
        {
            AwaitEnd();
            return;
        }

        _collected = true;
        _shared.Engine.Close(_watch);
        _child.Dispose();
        _shared.Events.PostStep(this, Ended);
    }

    private void OnStep(int step)
    {
        switch (step)
        {
            case Start:
                Call(this, static (protocol, transport) => protocol.ConnectionMade(transport));
                if (!_started.Done)
                    _started.SetResult(default);
                break;
            case Ended:
                _returnCode = _exitCode;
                _shared.Events.PostStep(this, TellEnd);
                FinishIfOver();
                break;
            case TellEnd:
                Call(0, static (protocol, _) => protocol.ProcessExited());
                break;
            case Finish:
                OnFinish();
                break;
            default:
                Call(_pipes[step - TellPipeLost]!, static (protocol, pipe) => protocol.PipeConnectionLost(pipe.Descriptor, pipe.Failure));
                break;
        }
    }

    private void FinishIfOver()
    {
        if (_finished || _returnCode is null || _pipes.Any(static pipe => pipe is { IsLost: false }))
            return;

        _finished = true;
        _shared.Children.Remove(this);
        _shared.Places.Forget(this);
        _shared.Events.PostStep(this, Finish);
    }

    private void OnFinish()
    {
        _closed = true;
        Call(0, static (protocol, _) => protocol.ConnectionLost(null));
        foreach (var waiter in _waiters)
        {
            if (!waiter.Done)
                waiter.SetResult(_returnCode!.Value);
        }
    }

    private void Call<TState>(TState state, Action<SubprocessProtocol, TState> callback)
    {
        Enter();
        try
        {
            callback(_protocol, state);
        }
        catch (Exception exception)
        {
            ErrorReport.OnCallbackError(_shared.Loop, _protocol, exception);
        }

        Leave();
    }

    private void Enter()
    {
        _shared.Loop.CurrentContext = _context;
        if (_flow is not null)
            LoopFlow.Use(_flow);
    }

    private void Leave()
    {
        _shared.Loop.CurrentContext = null;
        _shared.Loop.Flow.Restore();
    }

    /// <summary>One of the pipes, told of by its own transport.</summary>
    private sealed class ChildPipe : Protocol
    {
        private readonly ChildTransport _owner;

        public ChildPipe(ChildTransport owner, int descriptor, Microsoft.Win32.SafeHandles.SafeFileHandle end)
        {
            _owner = owner;
            Descriptor = descriptor;
            var shared = owner._shared;
            var handle = PipeTransport.Adopt(shared, end, out var tellsOfReader);
            Transport = descriptor == 0
                ? new WritePipeTransport(shared, handle, this, null, tellsOfReader)
                : new ReadPipeTransport(shared, handle, this, null);
            shared.Places.Forget(Transport);
        }

        public int Descriptor { get; }

        public Transport Transport { get; }

        public bool IsLost { get; private set; }

        public Exception? Failure { get; private set; }

        public override void DataReceived(ReadOnlySpan<byte> data) => _owner.OnPipeData(Descriptor, data);

        public override void PauseWriting() => _owner.OnWritingPaused(true);

        public override void ResumeWriting() => _owner.OnWritingPaused(false);

        public override void ConnectionLost(Exception? exception)
        {
            IsLost = true;
            Failure = exception;
            _owner.OnPipeLost(Descriptor);
        }
    }
}
