// UringCollector: the kernel's completions turned into the contract's.
// Thread: the engine's.  Owns nothing.
//   1. A completion of an operation that is not in flight is counted as stale and touches nothing.
//   2. Only here one operation turns out to take several requests: multishot requests that the kernel ended are begun
//      again, as are receives that found no buffer; a send that found no room waits for it and is then made by a
//      system call of its own.
//   3. A request that the kernel was just working on is not found by a cancel: then it is asked again, until it ends.
using Tulip.Engines.Files;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed class UringCollector(UringTable table, UringPort port, UringSends sends, UringStarter starter, UringFiles files)
{
    private const int PlaceMask = int.MaxValue;

    /// <summary>Takes what there is.</summary>
    public void Collect(Span<IoCompletion> completions, ref int stored)
    {
        while (stored < completions.Length)
        {
            if (port.TryTake(out var entry))
            {
                if (Take(entry, ref completions[stored]))
                    stored++;
            }
            else if (port.HasOverflow)
            {
                port.Enter(0, 0);
            }
            else
            {
                SettleSends(completions, ref stored);
                table.TakeEnded(completions, ref stored);
                files.TakeEnded(completions, ref stored);
                return;
            }
        }
    }

    private static bool IsPassing(int error)
        => -error is IoError.ConnectionAborted or IoError.Interrupted or IoError.Again or IoError.NetworkDown
            or IoError.NetworkUnreachable or IoError.HostUnreachable or IoError.TimedOut;

    /// <summary>Sends that were handed over and have no completion have sent everything.</summary>
    private void SettleSends(Span<IoCompletion> completions, ref int stored)
    {
        while (stored < completions.Length && sends.TryTake(port.Head, out var sent))
        {
            if (!table.IsInFlight(sent.Place, sent.Operation))
                continue;

            ref var direction = ref table.Direction(sent.Place);
            if (direction.Phase == UringPhase.Sending)
                End(sent.Place, direction.Send!.Length, ref completions[stored++]);
        }
    }

    private bool Take(in CompletionEntry entry, ref IoCompletion completion)
    {
        if (entry.UserData == UringPort.WakeData)
        {
            if ((entry.Flags & IoUring.CompletionMore) == 0)
                port.ArmWake();
            return false;
        }

        if ((entry.UserData & UringFiles.FileMark) != 0)
            return files.Take(entry, ref completion);

        var isCancel = (entry.UserData & UringPort.CancelMark) != 0;
        var place = (int)entry.UserData & PlaceMask;
        var operation = (int)(entry.UserData >> 32) & int.MaxValue;
        if (!table.IsInFlight(place, operation))
        {
            port.Statistics.Stale += isCancel ? 0 : 1;
            return false;
        }

        if (isCancel)
        {
            if (table.Direction(place).Phase != UringPhase.AwaitingBuffer)
                starter.AskToCancel(place);
            return false;
        }

        return table.Direction(place).Opcode switch
        {
            IoOpcode.Receive when table.Slot(place).IsFile => TakeReadable(entry.Result, place, ref completion),
            IoOpcode.Receive => TakeReceived(entry, place, ref completion),
            IoOpcode.ReceiveFrom => TakeDatagram(entry, place, ref completion),
            IoOpcode.Accept => TakeAccepted(entry, place, ref completion),
            IoOpcode.Send or IoOpcode.SendFile or IoOpcode.SendTo => TakeSent(entry.Result, place, ref completion),
            IoOpcode.Connect => End(place, entry.Result < 0 ? entry.Result : LinuxSockets.PendingError(table.Slot(place).Descriptor), ref completion),
            _ => End(place, Math.Min(entry.Result, 0), ref completion),
        };
    }

    private bool TakeReceived(in CompletionEntry entry, int place, ref IoCompletion completion)
    {
        var goesOn = (entry.Flags & IoUring.CompletionMore) != 0;
        ref var direction = ref table.Direction(place);
        if (entry.Result > 0)
        {
            completion = new IoCompletion
            {
                State = direction.State,
                Opcode = IoOpcode.Receive,
                Result = entry.Result,
                More = true,
                Data = port.Buffers.Lend(entry.Flags, entry.Result, out var lease),
                Lease = lease,
            };
            if (!goesOn)
                GoOn(place);
            return true;
        }

        if ((entry.Flags & IoUring.CompletionBuffer) != 0)
            port.Buffers.Discard(entry.Flags);
        if (goesOn)
            return false;

        var isStarved = entry.Result == -IoError.NoBufferSpace;
        if (!isStarved && (entry.Result == 0 || !IsPassing(entry.Result) || entry.Result == -IoError.TimedOut))
            return End(place, entry.Result, ref completion);

        if (direction.IsCancelled)
            return End(place, -IoError.Canceled, ref completion);
        if (isStarved)
            starter.Starve(place);
        else
            starter.Again(place);
        return false;
    }

    private bool TakeDatagram(in CompletionEntry entry, int place, ref IoCompletion completion)
    {
        ref var direction = ref table.Direction(place);
        var goesOn = (entry.Flags & IoUring.CompletionMore) != 0;
        completion = new IoCompletion { State = direction.State, Opcode = IoOpcode.ReceiveFrom, Result = entry.Result, More = true };
        if (entry.Result >= 0)
        {
            port.Datagrams.Lend(entry, ref completion);
            if (!goesOn)
                GoOn(place);
            return true;
        }

        if ((entry.Flags & IoUring.CompletionBuffer) != 0)
            port.Datagrams.Discard(entry.Flags);
        if (LinuxDatagrams.IsFinal(entry.Result))
            return End(place, entry.Result, ref completion);

        var isStarved = entry.Result == -IoError.NoBufferSpace;
        if (!isStarved && -entry.Result is not (IoError.Again or IoError.Interrupted))
        {
            // The network's: told, and gone on with.
            GoOn(place);
            return true;
        }

        if (direction.IsCancelled)
            return End(place, -IoError.Canceled, ref completion);
        if (isStarved)
            starter.Starve(place);
        else
            starter.Again(place);
        return false;
    }

    private unsafe bool TakeReadable(int result, int place, ref IoCompletion completion)
    {
        ref var direction = ref table.Direction(place);
        if (direction.IsCancelled)
            return End(place, -IoError.Canceled, ref completion);

        // With all memory lent it is tried again when some of it has come back, in the next pass at the latest.
        if (result >= 0)
            result = port.FileBuffers.TryReserve(out var address, out var room) ? LinuxFiles.Read(table.Slot(place).Descriptor, address, room) : -IoError.Again;
        if (result <= 0 && result != -IoError.Again)
            return End(place, result, ref completion);

        starter.AwaitData(place);
        if (result <= 0)
            return false;

        completion = new IoCompletion
        {
            State = direction.State,
            Opcode = IoOpcode.Receive,
            Result = result,
            More = true,
            Data = port.FileBuffers.Lend(result, out var lease),
            Lease = ~lease,
        };
        return true;
    }

    private bool TakeAccepted(in CompletionEntry entry, int place, ref IoCompletion completion)
    {
        ref var direction = ref table.Direction(place);
        if (entry.Result >= 0)
        {
            completion = new IoCompletion
            {
                State = direction.State,
                Opcode = IoOpcode.Accept,
                More = true,
                Handle = table.Add(entry.Result),
            };
        }
        else if (!IsPassing(entry.Result))
        {
            // Also for want of descriptors or memory: the connection still waits, accepting pauses.
            return End(place, entry.Result, ref completion);
        }

        if ((entry.Flags & IoUring.CompletionMore) == 0)
            GoOn(place);
        return entry.Result >= 0;
    }

    private bool TakeSent(int result, int place, ref IoCompletion completion)
    {
        ref var direction = ref table.Direction(place);
        if (direction.Phase == UringPhase.AwaitingRoom && result >= 0 && !direction.IsCancelled)
            result = direction.Send!.SendNow(table.Slot(place).Descriptor);
        else if (direction.Phase == UringPhase.AwaitingRoom && result >= 0)
            result = -IoError.Canceled;

        if (result != -IoError.Again)
            return End(place, result, ref completion);
        if (direction.IsCancelled)
            return End(place, -IoError.Canceled, ref completion);

        starter.AwaitRoom(place);
        return false;
    }

    /// <summary>A multishot request ended with a success: its operation goes on, or ends if that was asked for.</summary>
    private void GoOn(int place)
    {
        if (table.Direction(place).IsCancelled)
            table.EndLater(place, -IoError.Canceled);
        else
            starter.Again(place);
    }

    private bool End(int place, int result, ref IoCompletion completion)
    {
        ref var direction = ref table.Direction(place);
        completion = new IoCompletion { State = direction.State, Opcode = direction.Opcode, Result = result };
        table.Forget(place);
        return true;
    }
}
