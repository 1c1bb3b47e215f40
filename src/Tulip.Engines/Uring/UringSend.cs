// UringSend: the memory of one send, held still until the kernel is done with it; used again and again.
// Thread: the engine's.  Owns: pins, and the native memory of a gathered send's description.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tulip.Engines.Linux;
using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Uring;

internal sealed unsafe class UringSend
{
    public const int Flags = LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL;

    // What is pinned already must only be kept alive; the rest has a pin each.
    private IoFilePart? _file;
    private ReadOnlyMemory<byte> _buffer;
    private MemoryHandle _pin;
    private ReadOnlyMemory<byte>[]? _segments;
    private MemoryHandle[]? _pins;
    private MessageHeader* _message;
    private int _pieces;
    private LinuxDatagrams? _datagrams;
    private ReadOnlyMemory<byte>[]? _pairs;

    /// <summary>The description of a gathered send; null for a single piece.</summary>
    public MessageHeader* Message => _pieces > 0 ? _message : null;

    public byte* Address { get; private set; }

    /// <summary>Bytes of all pieces.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it goes to something that is no socket.</summary>
    public bool ToFile { get; set; }

    /// <summary>Where its request stands in the ring.</summary>
    public uint Position { get; set; }

    public void Hold(in IoRequest request)
    {
        if (request.File is { } file)
        {
            _file = file;
            return;
        }

        if (request.Segments.Count > 0)
        {
            Gather(request);
            return;
        }

        _buffer = request.Buffer;
        Length = _buffer.Length;
        if (request.IsPinned)
        {
            Address = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_buffer.Span));
            return;
        }

        _pin = _buffer.Pin();
        Address = (byte*)_pin.Pointer;
    }

    /// <summary>Holds datagrams, which are pinned only while they are sent.</summary>
    public void Hold(LinuxDatagrams datagrams, ReadOnlyMemory<byte>[] pairs) => (_datagrams, _pairs) = (datagrams, pairs);

    /// <summary>Sends by a system call of its own; the bytes taken, or an error number, negated.</summary>
    public int SendNow(int descriptor)
    {
        if (_file is { } file)
            return LinuxFiles.Send(descriptor, file);
        if (_datagrams is not null)
            return _datagrams.Send(descriptor, _pairs, isPinned: false);

        if (ToFile)
        {
            return Message is not null
                ? LinuxFiles.Write(descriptor, Message->Vectors, _pieces)
                : LinuxFiles.Write(descriptor, Address, Length);
        }

        while (true)
        {
            var count = Message is not null
                ? LibC.sendmsg(descriptor, Message, Flags)
                : LibC.send(descriptor, Address, (nuint)Length, Flags);
            if (count >= 0)
                return (int)count;
            if (LibC.LastError != -IoError.Interrupted)
                return LibC.LastError;
        }
    }

    /// <summary>The kernel is done with it.</summary>
    public void Release()
    {
        for (var i = 0; i < _pieces; i++)
        {
            _segments![i] = default;
            _pins![i].Dispose();
        }

        _pieces = 0;
        ToFile = false;
        _file = null;
        _datagrams = null;
        _pairs = null;
        _pin.Dispose();
        _pin = default;
        _buffer = default;
        Address = null;
    }

    /// <summary>Frees what is kept for gathered sends.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_message);
        _message = null;
    }

    private void Gather(in IoRequest request)
    {
        if (_message is null)
        {
            _message = (MessageHeader*)NativeMemory.AllocZeroed((nuint)(sizeof(MessageHeader) + GatherList.Capacity * sizeof(IoVector)));
            _message->Vectors = (IoVector*)(_message + 1);
            _segments = new ReadOnlyMemory<byte>[GatherList.Capacity];
            _pins = new MemoryHandle[GatherList.Capacity];
        }

        Length = 0;
        var segments = request.Segments.AsSpan();
        for (_pieces = 0; _pieces < segments.Length && _pieces < GatherList.Capacity; _pieces++)
        {
            var segment = segments[_pieces];
            _segments![_pieces] = segment;
            _pins![_pieces] = request.IsPinned ? default : segment.Pin();
            var start = request.IsPinned ? Unsafe.AsPointer(ref MemoryMarshal.GetReference(segment.Span)) : _pins[_pieces].Pointer;
            _message->Vectors[_pieces] = new IoVector { Base = (byte*)start, Length = (nuint)segment.Length };
            Length += segment.Length;
        }

        _message->VectorCount = (nuint)_pieces;
    }
}
