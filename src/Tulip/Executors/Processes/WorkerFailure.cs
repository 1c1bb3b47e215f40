using System.Diagnostics.CodeAnalysis;

namespace Tulip;

/// <summary>An exception's way from a worker to the pool.</summary>
[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal static class WorkerFailure
{
    public static ReadOnlyMemory<byte> Write(Exception exception)
        => WorkerFrame.Make(WorkerFrameKind.Failure, writer =>
        {
            var type = exception.GetType();
            writer.Write(type.AssemblyQualifiedName ?? "");
            writer.Write(type.FullName ?? type.Name);
            writer.Write(exception.Message);
            writer.Write(exception.ToString());
        });

    /// <summary>The exception made again if its type can be made of a message and an inner exception, and then says the
    /// same; else a <see cref="WorkerException"/> that tells of it.</summary>
    public static Exception Read(byte[] frame)
    {
        using var reader = WorkerFrame.Open(frame);
        var type = reader.ReadString();
        var name = reader.ReadString();
        var message = reader.ReadString();
        var told = new WorkerException(name, message, reader.ReadString());
        return MakeAgain(type, message, told) ?? told;
    }

    private static Exception? MakeAgain(string typeName, string message, WorkerException told)
    {
        try
        {
            var type = WorkerFunction.FindType(typeName);
            if (!type.IsSubclassOf(typeof(Exception)) && type != typeof(Exception))
                return null;

            var constructor = type.GetConstructor([typeof(string), typeof(Exception)]);
            return constructor?.Invoke([message, told]) is Exception made && made.Message == message && made.InnerException == told ? made : null;
        }
        catch (Exception)
        {
            // A type that is not known here, or whose constructor refuses: the text tells all the same.
            return null;
        }
    }
}
