// WorkerFrame: what pool and worker say to each other. A frame is its length (four bytes, little-endian), then its kind,
// then the kind's fields as BinaryWriter writes them. JSON is bytes inside a frame: neither side parses it to pass it on.
//
//   pool → worker    Setup (once)         initializer, JSON options
//                    Job                  function, whether to call it for each item, arguments
//   worker → pool    Ready                the initializer has run
//                    Begun                the job is about to be run: from here on it may have had effects
//                    Result or Failure    the answer; to Setup too, a Failure if the initializer threw
//
// The end of the stream is the end of the other side.
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Tulip;

internal enum WorkerFrameKind : byte
{
    Setup = 1,
    Job,
    Ready,
    Begun,
    Result,
    Failure,
}

internal static class WorkerFrame
{
    private const int LengthBytes = sizeof(int);

    /// <summary>A frame of this kind, its length included.</summary>
    public static ReadOnlyMemory<byte> Make(WorkerFrameKind kind, Action<BinaryWriter>? writeFields = null)
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(0);
        writer.Write((byte)kind);
        writeFields?.Invoke(writer);
        writer.Flush();

        var frame = buffer.GetBuffer().AsMemory(0, checked((int)buffer.Length));
        BinaryPrimitives.WriteInt32LittleEndian(frame.Span, frame.Length - LengthBytes);
        return frame;
    }

    /// <summary>The next frame, without its length; null at the end of the stream.</summary>
    /// <exception cref="IOException">The other side is gone, in the midst of a frame perhaps.</exception>
    public static byte[]? Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (stream.ReadAtLeast(prefix, LengthBytes, throwOnEndOfStream: false) < LengthBytes)
            return null;

        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < 1)
            throw new IOException($"A frame of {length} bytes: what is read is not what the other side wrote.");
        var frame = new byte[length];
        stream.ReadExactly(frame);
        return frame;
    }

    public static WorkerFrameKind KindOf(byte[] frame) => (WorkerFrameKind)frame[0];

    /// <summary>A reader of the frame's fields.</summary>
    public static BinaryReader Open(byte[] frame) => new(new MemoryStream(frame, 1, frame.Length - 1));

    extension(BinaryWriter writer)
    {
        public void WriteJson(byte[] json)
        {
            writer.Write(json.Length);
            writer.Write(json);
        }

        [RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
        [RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
        public void WriteFunction(WorkerFunction? function)
        {
            writer.Write(function is not null);
            if (function is null)
                return;
            writer.Write(function.Type);
            writer.Write(function.Module.ToByteArray());
            writer.Write(function.Token);
            writer.Write(function.TypeArguments);
            writer.Write(function.Location);
            writer.Write(function.Display);
        }
    }

    extension(BinaryReader reader)
    {
        public byte[] ReadJson() => reader.ReadBytes(reader.ReadInt32());

        [RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
        [RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
        public WorkerFunction? ReadFunction()
            => reader.ReadBoolean()
                ? new WorkerFunction(
                    reader.ReadString(),
                    new Guid(reader.ReadBytes(16)),
                    reader.ReadInt32(),
                    reader.ReadString(),
                    reader.ReadString(),
                    reader.ReadString())
                : null;
    }
}
