// WorkerProgram: all that a worker process does.
// Threads: functions run on the main one; another reads the connection, so that its end is noticed while a function runs.
//   1. One job at a time; what begins is announced first.
//   2. The connection's end is the process's end, whatever runs: nobody is left who would want its result.
//   3. Ctrl-C goes to all processes of a terminal; the pool's owner decides what it means.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tulip;

[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed class WorkerProgram
{
    private const int ExitMilliseconds = 3000;

    private readonly Dictionary<WorkerFunction, (MethodInfo Method, object? Target)> _known = [];
    private readonly BlockingCollection<byte[]> _frames = [];
    private readonly NetworkStream _connection;
    private JsonSerializerOptions _json = WorkerJson.Of(null);

    private WorkerProgram(NetworkStream connection) => _connection = connection;

    /// <summary>Serves the pool at this address until it closes the connection.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(string address)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
            // The pool is gone already.
            return 1;
        }

        var program = new WorkerProgram(new NetworkStream(socket, ownsSocket: true));
        new Thread(program.ReadFrames) { IsBackground = true, Name = "Tulip worker's connection" }.UnsafeStart();
        foreach (var frame in program._frames.GetConsumingEnumerable())
            program.Serve(frame);
        return 0;
    }

    private void ReadFrames()
    {
        try
        {
            while (WorkerFrame.Read(_connection) is { } frame)
                _frames.Add(frame);
        }
        catch (IOException)
        {
            // The pool's process was killed.
        }

        // What the program does when it exits may wait for what never comes.
        new Thread(KillLater) { IsBackground = true }.UnsafeStart();
        Environment.Exit(0);
    }

    private static void KillLater()
    {
        using var process = Process.GetCurrentProcess();
        process.WaitForExit(ExitMilliseconds);
        process.Kill();
    }

    private void Serve(byte[] frame)
    {
        ReadOnlyMemory<byte> answer;
        try
        {
            using var reader = WorkerFrame.Open(frame);
            answer = WorkerFrame.KindOf(frame) == WorkerFrameKind.Setup ? SetUp(reader) : RunJob(reader);
        }
        catch (Exception exception)
        {
            answer = WorkerFailure.Write(exception);
        }

        try
        {
            _connection.Write(answer.Span);
        }
        catch (IOException)
        {
            // The other thread sees the same, and ends the process.
        }
    }

    private ReadOnlyMemory<byte> SetUp(BinaryReader reader)
    {
        var initializer = reader.ReadFunction();
        if (reader.ReadFunction() is { } json)
            _json = (JsonSerializerOptions)Call(Find(json), [])!;
        if (initializer is not null)
            Call(Find(initializer), []);
        return WorkerFrame.Make(WorkerFrameKind.Ready);
    }

    private ReadOnlyMemory<byte> RunJob(BinaryReader reader)
    {
        _connection.Write(WorkerFrame.Make(WorkerFrameKind.Begun).Span);
        var function = reader.ReadFunction()!;
        var found = Find(function);
        var forEach = reader.ReadBoolean();
        var parameters = found.Method.GetParameters();
        var arguments = new object?[reader.ReadInt32()];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = Argument(reader.ReadJson(), parameters[forEach ? 0 : i], function);

        if (!forEach)
            return Result(Call(found, arguments), found.Method.ReturnType, function);

        var results = Array.CreateInstance(found.Method.ReturnType, arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
            results.SetValue(Call(found, [arguments[i]]), i);
        return Result(results, results.GetType(), function);
    }

    private (MethodInfo Method, object? Target) Find(WorkerFunction function)
    {
        if (_known.TryGetValue(function, out var found))
            return found;
        found = function.Resolve();
        _known.Add(function, found);
        return found;
    }

    private static object? Call((MethodInfo Method, object? Target) function, object?[] arguments)
        => function.Method.Invoke(function.Target, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);

    private object? Argument(byte[] json, ParameterInfo parameter, WorkerFunction function)
    {
        try
        {
            return JsonSerializer.Deserialize(json, parameter.ParameterType, _json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException(
                $"The argument '{parameter.Name}' of {function.Display} was written as JSON, but cannot be read as {parameter.ParameterType}: {exception.Message}", exception);
        }
    }

    private ReadOnlyMemory<byte> Result(object? result, Type type, WorkerFunction function)
    {
        byte[] json;
        try
        {
            json = type == typeof(void) ? [] : JsonSerializer.SerializeToUtf8Bytes(result, type, _json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"{function.Display} ran to its end, but its result cannot be sent back: {type} is not written as JSON. {exception.Message}", exception);
        }

        return WorkerFrame.Make(WorkerFrameKind.Result, writer => writer.Write(json));
    }
}
