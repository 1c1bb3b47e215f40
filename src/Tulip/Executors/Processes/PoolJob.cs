using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Tulip;

/// <summary>A job of a process pool: the frame that a worker is sent, and the task that waits for the answer.</summary>
internal abstract class PoolJob(ReadOnlyMemory<byte> frame, string function, CancellationToken cancellationToken)
{
    /// <summary>What a worker is sent.</summary>
    public ReadOnlyMemory<byte> Frame { get; private set; } = frame;

    public string Function => function;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Its place in the queue, while it is there. Guarded by the pool's gate, as are the next two.</summary>
    public LinkedListNode<PoolJob>? Place { get; set; }

    /// <summary>What serves it, while it runs.</summary>
    public WorkerSlot? Slot { get; set; }

    /// <summary>Whether its token was cancelled in time: before it was taken from the queue, or later and its worker was
    /// killed for it.</summary>
    public bool TakenBack { get; set; }

    /// <summary>What calls when the token is cancelled.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Ends the task as the worker answered.</summary>
    public abstract void Complete(byte[] answer);

    public abstract void Fail(Exception exception);

    public abstract void Cancel();

    /// <summary>Lets go of what is needed only before the end.</summary>
    protected void Release()
    {
        Registration.Unregister();
        Frame = default;
    }
}

/// <inheritdoc/>
[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed class PoolJob<T>(
    ReadOnlyMemory<byte> frame, string function, Type resultType, JsonSerializerOptions json, CancellationToken cancellationToken)
    : PoolJob(frame, function, cancellationToken)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _completion.Task;

    public override void Complete(byte[] answer)
    {
        if (WorkerFrame.KindOf(answer) != WorkerFrameKind.Result)
        {
            Fail(WorkerFailure.Read(answer));
            return;
        }

        Release();
        try
        {
            _completion.TrySetResult(resultType == typeof(void) ? default! : (T)JsonSerializer.Deserialize(answer.AsSpan(1), resultType, json)!);
        }
        catch (Exception exception)
        {
            // Also what a converter, a constructor or a property of the result's throws: it would end the slot's thread, and with it the program.
            _completion.TrySetException(new InvalidOperationException(
                $"The result of {Function} was written as JSON, but cannot be read as {resultType}: {exception.Message}", exception));
        }
    }

    public override void Fail(Exception exception)
    {
        Release();
        _completion.TrySetException(exception);
    }

    public override void Cancel()
    {
        Release();
        _completion.TrySetCanceled(CancellationToken);
    }
}
