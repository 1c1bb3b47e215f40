// PipeTransports: the ends of pipes, and what else is read or written as a stream, in one direction.
// Thread: the loop's.
//   1. The end of what is read closes the transport, whatever the protocol answers to EofReceived.
//   2. A transport that writes polls for the end of its readers, where that can be told: it is lost then, also idle.
//   3. Ending the output is closing: there is no other direction to stay for.
using System.ComponentModel;
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

/// <summary>What both ends have in common.</summary>
internal abstract class PipeTransport(LoopTransports shared, IoHandle handle, BaseProtocol protocol, TransportExtras? extras)
    : SocketTransport(shared, handle, protocol, null, extras)
{
    /// <inheritdoc/>
    public override object? GetExtraInfo(string name)
        => name == PipeName && !Has(TransportFlags.Ended)
            ? new SafeFileHandle(EngineOf(Shared).DescriptorOf(Handle), ownsHandle: false)
            : null;

    /// <summary>The engine of a loop, if it has more than sockets.</summary>
    /// <exception cref="NotSupportedException">It has not.</exception>
    public static IDescriptorEngine EngineOf(LoopTransports shared)
        => shared.Engine as IDescriptorEngine ?? throw new NotSupportedException(
            $"The engine \"{shared.Engine.Name}\" has no pipes and no child processes: run the loop on Linux, with the engine io_uring or epoll.");

    /// <summary>Has the engine take over a pipe; disposes it if that fails.</summary>
    public static IoHandle Adopt(LoopTransports shared, SafeFileHandle pipe, out bool tellsOfReader)
    {
        try
        {
            return EngineOf(shared).Adopt(pipe, out tellsOfReader);
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    private protected override Exception ErrorOf(int result)
        => new IOException(new Win32Exception(-result).Message, IoError.ToException(result));
}

/// <summary>An end to read from.</summary>
internal sealed class ReadPipeTransport(LoopTransports shared, IoHandle handle, BaseProtocol protocol, TransportExtras? extras)
    : PipeTransport(shared, handle, protocol, extras)
{
    /// <inheritdoc/>
    public override bool CanWriteEof => false;

    private protected override bool CanOutliveEof => false;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> data) => throw CannotWrite();

    /// <inheritdoc/>
    public override void WriteEof() => throw CannotWrite();

    private static NotSupportedException CannotWrite() => new("This transport is of a pipe's end to read from: it cannot write.");
}

/// <summary>An end to write to.</summary>
internal sealed class WritePipeTransport(LoopTransports shared, IoHandle handle, BaseProtocol protocol, TransportExtras? extras, bool tellsOfReader)
    : PipeTransport(shared, handle, protocol, extras)
{
    private IoToken _poll;

    /// <inheritdoc/>
    public override bool IsReading => false;

    /// <inheritdoc/>
    public override void PauseReading()
    {
    }

    /// <inheritdoc/>
    public override void ResumeReading()
    {
    }

    /// <inheritdoc/>
    public override void WriteEof() => Close();

    private protected override void Receive()
    {
        if (tellsOfReader && _poll.IsNone && !Has(TransportFlags.Closing))
            _poll = Shared.Engine.Submit(new IoRequest { Opcode = IoOpcode.Poll, Handle = Handle, State = this }, out _);
    }

    private protected override void OnPolled(int result)
    {
        if (result != -IoError.Canceled)
            Lose(GetWriteBufferSize() > 0 ? ErrorOf(-IoError.BrokenPipe) : null);
    }

    private protected override void StopReading()
    {
        // While bytes are on their way the loss of the reader shows in their send.
        Shared.Engine.Cancel(_poll);
    }
}
