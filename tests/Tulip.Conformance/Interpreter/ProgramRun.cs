// A program from its start to its end: the main task, then, as asyncio.run does it, the cancelling of what is left.
using System.Text.Json;

namespace Tulip.Conformance.Interpreter;

/// <summary>A program's trace, or why there is none.</summary>
internal sealed record ProgramResult(IReadOnlyList<string> Trace, string? Error);

internal sealed class ProgramRun
{
    private readonly Runtime _run;
    private readonly EventLoop _loop;
    private readonly Func<EventLoop, Future, bool>? _drive;

    private ProgramRun(JsonElement program, EventLoop loop, Func<EventLoop, Future, bool>? drive)
    {
        _loop = loop;
        _drive = drive;
        _run = new Runtime(program, loop, Vocabulary.Default);
        loop.ExceptionHandler = (_, context) => OnLoopError(context);
        if (program.Flag("eager_factory"))
            loop.TaskFactory = TaskFactories.Eager;
    }

    /// <param name="program">The program.</param>
    /// <param name="drive">Runs the loop until the future is done; false if that can never be. Null for the loop itself.</param>
    public static ProgramResult Run(JsonElement program, Func<EventLoop, Future, bool>? drive = null)
    {
        if (Vocabulary.Default.FindUnknown(program) is { } unknown)
            return new ProgramResult([], $"unsupported: {unknown}");

        using var loop = new EventLoop(new VirtualClock());
        Aio.SetEventLoop(loop);
        try
        {
            var started = new ProgramRun(program, loop, drive);
            started.RunToEnd();
            return new ProgramResult(started._run.Trace, started._run.LimitExceeded ? "limit: the program does not end" : null);
        }
        catch (UnsupportedException exception)
        {
            return new ProgramResult([], $"unsupported: {exception.Message}");
        }
        finally
        {
            Aio.SetEventLoop(null);
        }
    }

    private void RunToEnd()
    {
        _run.MakeObjects();
        var instance = _run.NewMainInstance();
        var main = _loop.CreateTask(_run.RunInstance(instance), instance.Name);
        _run.Variables["main"] = main;
        Drive(main);
        Shutdown();
        _run.Emit("loop", "end");
    }

    private void Shutdown()
    {
        var left = Pending();
        _run.Emit("loop", $"shutdown {Show.TaskNames(left)}");
        foreach (var task in left)
            task.Cancel();
        if (left.Count > 0)
            Drive(Aio.GatherSettled(left.Cast<IAwaitable<object?>>()));
        foreach (var task in left)
            _run.Emit("loop", $"final {Show.TaskName(task)} {Show.State((Future)task)}");
    }

    private void Drive<T>(Future<T> future)
    {
        try
        {
            if (_drive is null)
                _loop.RunUntilComplete(future);
            else if (!_drive(_loop, future))
                EmitDeadlock();
            else
                future.Result();
        }
        catch (DeadlockException)
        {
            EmitDeadlock();
        }
        catch (Exception exception) when (exception is not UnsupportedException)
        {
            // The instance has traced how it ended.
        }
    }

    private void EmitDeadlock() => _run.Emit("loop", $"DEADLOCK {Show.TaskNames(Pending())}");

    private IReadOnlyList<IAsyncTask> Pending() => Show.InOrder(Aio.AllTasks(_loop));

    private void OnLoopError(LoopErrorContext context)
    {
        if (context.Exception is not { } exception)
            return;

        // Of what else is reported, such as exceptions that nobody has seen, the trace says nothing.
        if (context.Message.StartsWith("Exception in callback"))
            _run.Emit("loop", $"callback_error !{Errors.Show(exception)}");
        else if (context.Message.Contains("has errored out but its parent"))
            _run.Emit("loop", $"orphan_error !{Errors.Show(exception)}");
    }
}
