// SendingTransport.Files: a file that leaves through a connection, by the kernel alone.
// Thread: the loop's.
//   1. While FileSending is set, nothing else is written: no send is in flight, and that direction of the handle is the file's;
//      or the file is sent in pieces, by writes that take the mark away for themselves.
//   2. It stays set until the engine is done with the file, also after a cancel: FileInEngine.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines;

namespace Tulip;

internal abstract partial class SendingTransport
{
    private const int FilePart = 512 * 1024;

    internal override bool IsWritingPaused => Has(TransportFlags.WritePaused);

    internal override bool RefusesWrites
    {
        set => Flags = value ? Flags | TransportFlags.FileSending : Flags & ~TransportFlags.FileSending;
    }

    /// <summary>Sends a part of a file once what was written has left; the bytes sent. Reading is paused meanwhile.</summary>
    /// <exception cref="SendfileNotAvailableException">The kernel cannot do it with this file; nothing was sent.</exception>
    public async Coroutine<long> SendFile(SafeFileHandle file, long offset, long? count)
    {
        CheckNoFile();
        if (Has(TransportFlags.EofWritten))
            throw new InvalidOperationException("Cannot call SendFile() after WriteEof().");

        Flags |= TransportFlags.FileSending;
        var wasReading = IsReading;
        PauseReading();
        try
        {
            await Emptied();
            long sent = 0;
            while (count is null || sent < count)
            {
                var part = (int)Math.Min(FilePart, (count ?? long.MaxValue) - sent);
                var result = await SendPart(new IoFilePart(file, offset + sent, part));
                if (result == 0)
                    break;
                if (result < 0)
                    throw FileError(result, sent);
                sent += result;
            }

            return sent;
        }
        finally
        {
            if (!Has(TransportFlags.FileInEngine))
                Flags &= ~TransportFlags.FileSending;
            if (wasReading)
                ResumeReading();
        }
    }

    /// <summary>Something is to be done after the send in flight: the loop must not sleep over its end.</summary>
    private void ExpectSent()
    {
        if (!Has(TransportFlags.SendingQuietly))
            return;

        Flags &= ~TransportFlags.SendingQuietly;
        Shared.Events.PostStep((IIoEventTarget)this, SocketTransport.Resume);
    }

    private void CheckNoFile()
    {
        if (Has(TransportFlags.FileSending))
            throw FileInProgress();
    }

    private async Coroutine Emptied()
    {
        if (_output is null)
            return;

        var emptied = Shared.Loop.CreateFuture<Unit>();
        Extras.Emptied = emptied;
        ExpectSent();
        await emptied;
    }

    private async Coroutine<int> SendPart(IoFilePart part)
    {
        if (Has(TransportFlags.Closing))
            return -IoError.Canceled;

        var sending = new FileSend(this);
        var request = new IoRequest { Opcode = IoOpcode.SendFile, Handle = Handle, State = sending, File = part };
        var token = Shared.Engine.Submit(request, out var result);
        if (token.IsNone)
        {
            // A peer that always takes everything must not hold up the loop.
            await Aio.Sleep(0);
            return result;
        }

        Flags |= TransportFlags.FileInEngine;
        try
        {
            return await sending;
        }
        finally
        {
            Shared.Engine.Cancel(token);
        }
    }

    private Exception FileError(int result, long sent)
        => sent == 0 && FileSender.IsNotAvailable(result)
            ? new SendfileNotAvailableException("The kernel cannot send this file to this transport.", ErrorOf(result))
            : -result == IoError.Canceled
                ? ExtrasOrNull?.Failure ?? ErrorOf(-IoError.ConnectionAborted)
                : ErrorOf(result);

    private sealed class FileSend(SendingTransport owner) : Future<int>(owner.Shared.Loop), IIoTarget
    {
        void IIoTarget.Complete(in IoCompletion completion)
        {
            owner.Flags &= ~TransportFlags.FileInEngine;
            if (Done)
                owner.Flags &= ~TransportFlags.FileSending;
            else
                FinishWith(completion.Result);
        }

        void IIoTarget.Flush()
        {
        }
    }
}
