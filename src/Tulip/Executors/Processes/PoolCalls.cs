using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Tulip;

/// <summary>Makes jobs of calls: here it is decided, on the caller's thread, whether one can be sent at all.</summary>
[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed class PoolCalls(ProcessPoolOptions options)
{
    private readonly JsonSerializerOptions _json = WorkerJson.Of(options.Json);

    /// <summary>The frame that tells a worker how to begin.</summary>
    public static ReadOnlyMemory<byte> Setup(ProcessPoolOptions options)
    {
        var initializer = options.Initializer is { } start ? WorkerFunction.Describe(start, nameof(options)) : null;
        var json = options.Json is { } make ? WorkerFunction.Describe(make, nameof(options)) : null;
        return WorkerFrame.Make(WorkerFrameKind.Setup, writer =>
        {
            writer.WriteFunction(initializer);
            writer.WriteFunction(json);
        });
    }

    public PoolJob<T> Job<T>(ExecutorCall<T> call, CancellationToken cancellationToken)
    {
        var function = WorkerFunction.Describe(call.Function, "function");
        var method = call.Function.Method;
        var parameters = method.GetParameters();
        var frame = WorkerFrame.Make(WorkerFrameKind.Job, writer =>
        {
            writer.WriteFunction(function);
            writer.Write(false);
            writer.Write(parameters.Length);
            for (var i = 0; i < parameters.Length; i++)
                writer.WriteJson(Json(call.Arguments[i], parameters[i].ParameterType, parameters[i].Name));
        });
        return new PoolJob<T>(frame, function.Display, method.ReturnType, _json, cancellationToken);
    }

    /// <summary>One job that calls the function for each item of a chunk.</summary>
    public PoolJob<TResult[]> Each<TItem, TResult>(Func<TItem, TResult> each, TItem[] items)
    {
        var function = WorkerFunction.Describe(each, "function");
        var type = each.Method.GetParameters()[0].ParameterType;
        var frame = WorkerFrame.Make(WorkerFrameKind.Job, writer =>
        {
            writer.WriteFunction(function);
            writer.Write(true);
            writer.Write(items.Length);
            foreach (var item in items)
                writer.WriteJson(Json(item, type, nameof(items)));
        });
        return new PoolJob<TResult[]>(frame, function.Display, each.Method.ReturnType.MakeArrayType(), _json, CancellationToken.None);
    }

    private byte[] Json(object? argument, Type type, string? name)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(argument, type, _json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"The argument '{name}' cannot be sent to a worker process: {type} is not written as JSON. {exception.Message}", name, exception);
        }
    }
}

internal static class WorkerJson
{
    /// <summary>The options that somebody makes, or the default ones.</summary>
    public static JsonSerializerOptions Of(Func<JsonSerializerOptions>? make)
        => make?.Invoke() ?? new JsonSerializerOptions
        {
            IncludeFields = true,
            NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        };
}
