// SourceLocations: where a suspended coroutine stands, or a call was made, read from the portable symbols beside or inside its assembly.
// Only messages ask; nothing is kept while a program runs. Without symbols there is no place to tell, and no error.
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Tulip;

/// <summary>A place in the source; its text has the file's name alone.</summary>
internal readonly record struct SourcePlace(string File, int Line)
{
    public override string ToString() => $"{Path.GetFileName(File)}:{Line}";
}

internal static class SourceLocations
{
    // The row number in a metadata token.
    private const int RowMask = 0xFFFFFF;

    // The yield and resume offsets of each await, written by the compiler for debuggers.
    private static readonly Guid s_asyncSteppingInformation = new("54FD2AC5-E925-401A-9C2A-F94F171072F8");
    private static readonly ConcurrentDictionary<Assembly, MetadataReaderProvider?> s_symbols = new();

    /// <summary>The file and the line at which the state machine waits; in state -1, where its method begins.</summary>
    public static SourcePlace? Find(Type stateMachine, int state)
        => MoveNextOf(stateMachine) is { } moveNext
            ? Look(stateMachine.Assembly, moveNext, (reader, method) => state < 0 ? 0 : YieldOffset(reader, method, state))
            : null;

    /// <summary>The file and the line of an instruction of a method.</summary>
    public static SourcePlace? Find(MethodBase method, int offset)
        => Look(method.Module.Assembly, method.MetadataToken & RowMask, (_, _) => offset);

    private static SourcePlace? Look(Assembly assembly, int methodRow, Func<MetadataReader, MethodDefinitionHandle, int> offset)
    {
        try
        {
            if (s_symbols.GetOrAdd(assembly, Open) is not { } provider)
                return null;

            lock (provider)
            {
                var reader = provider.GetMetadataReader();
                var method = MetadataTokens.MethodDefinitionHandle(methodRow);
                return PlaceOf(reader, method, offset(reader, method));
            }
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException or NotSupportedException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Only for messages; without the method there is no place to tell.")]
    private static int? MoveNextOf(Type stateMachine)
        => stateMachine.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?.MetadataToken & RowMask;

    private static SourcePlace? PlaceOf(MetadataReader reader, MethodDefinitionHandle method, int offset)
    {
        var debug = reader.GetMethodDebugInformation(method.ToDebugInformationHandle());
        SequencePoint? best = null;
        foreach (var point in debug.GetSequencePoints())
        {
            if (point.IsHidden)
                continue;
            if (best is not null && point.Offset > offset)
                break;
            best = point;
        }

        return best is { } found
            ? new SourcePlace(reader.GetString(reader.GetDocument(found.Document).Name), found.StartLine)
            : null;
    }

    private static int YieldOffset(MetadataReader reader, MethodDefinitionHandle method, int state)
    {
        foreach (var handle in reader.GetCustomDebugInformation(method))
        {
            var information = reader.GetCustomDebugInformation(handle);
            if (reader.GetGuid(information.Kind) != s_asyncSteppingInformation)
                continue;

            var blob = reader.GetBlobReader(information.Value);
            blob.ReadUInt32();
            for (var index = 0; blob.RemainingBytes > 0; index++)
            {
                var yieldOffset = (int)blob.ReadUInt32();
                blob.ReadUInt32();
                blob.ReadCompressedInteger();
                if (index == state)
                    return yieldOffset;
            }
        }

        return 0;
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the location is empty, and there is no place to tell.")]
    private static MetadataReaderProvider? Open(Assembly assembly)
    {
        var path = assembly.Location;
        if (path.Length == 0 || !File.Exists(path))
            return null;

        using var image = new PEReader(File.OpenRead(path));
        return image.TryOpenAssociatedPortablePdb(
            path,
            static file => File.Exists(file) ? new MemoryStream(File.ReadAllBytes(file)) : null,
            out var provider,
            out _)
            ? provider
            : null;
    }
}
