namespace Tulip.Structure.Tests.Nesting;

/// <summary>Runs a case with the library and writes down what happens when.</summary>
internal sealed class NestingRun(NestingCase nesting)
{
    private readonly List<string> _log = [];
    private AsyncTask<Unit> _task = null!;

    public static IReadOnlyList<string> Of(NestingCase nesting)
    {
        var run = new NestingRun(nesting);
        LoopTest.Run(run.Run);
        return run._log;
    }

    private async Coroutine Run()
    {
        _task = CreateTask(Enter(0));
        await Wait([_task]);
        Log($"task {(_task.Cancelled ? "cancelled" : "done")}, {_task.Cancelling} requests");
    }

    private async Coroutine Enter(int index)
    {
        try
        {
            var how = await Around(index, nesting.Layers[index]);
            Log($"{index} {how}");
        }
        catch (CancelledException)
        {
            Log($"{index} passes the cancel on");
            throw;
        }
        catch (TimeoutException)
        {
            Log($"{index} times out");
        }
        catch (AggregateException)
        {
            Log($"{index} fails");
        }
    }

    private async Coroutine<string> Around(int index, Layer layer)
    {
        var seconds = layer.Trigger / 1000.0;
        CancelScope? scope = null;
        switch (layer.Kind)
        {
            case LayerKind.Timeout:
                await WithTimeout(seconds, _ => Inside(index));
                break;
            case LayerKind.WaitFor:
                await WaitFor(Inside(index), seconds);
                break;
            case LayerKind.MoveOn:
                scope = await MoveOnAfter(seconds ?? 1000, _ => Inside(index));
                break;
            case LayerKind.Fail:
                await FailAfter(seconds ?? 1000, _ => Inside(index));
                break;
            case LayerKind.Scope or LayerKind.Shield:
                scope = await CancelScope.Run(
                    scope => Triggered(seconds, scope.Cancel, index),
                    shield: layer.Kind == LayerKind.Shield);
                break;
            case LayerKind.GroupEnds or LayerKind.GroupFails:
                await InGroup(index, layer.Kind == LayerKind.GroupFails, layer.Trigger);
                break;
            default:
                await Triggered(seconds, () => _task.Cancel(), index);
                break;
        }

        return scope is { CancelledCaught: true } ? "moves on" : "ends";
    }

    private async Coroutine Triggered(double? seconds, Action trigger, int index)
    {
        var timer = seconds is { } delay ? GetRunningLoop().CallLater(delay, trigger) : null;
        try
        {
            await Inside(index);
        }
        finally
        {
            timer?.Cancel();
        }
    }

    private async Coroutine InGroup(int index, bool fails, int? trigger)
    {
        TimerHandle? timer = null;
        try
        {
            await TaskGroup.Run(async group =>
            {
                if (trigger is { } at && !fails)
                    timer = GetRunningLoop().CallLater(at / 1000.0, group.Cancel);
                group.CreateTask(fails && trigger is { } then
                    ? Child(then + NestingCase.FailureDelay, fails: true)
                    : Child(NestingCase.ChildLife, fails: false));
                await Inside(index);
            });
        }
        finally
        {
            timer?.Cancel();
        }
    }

    private static async Coroutine Child(int life, bool fails)
    {
        try
        {
            await Sleep(life / 1000.0);
        }
        catch (CancelledException)
        {
            await Sleep(NestingCase.ChildCleanUp / 1000.0);
            throw;
        }

        if (fails)
            throw new FormatException();
    }

    private async Coroutine Inside(int index)
    {
        if (index + 1 == nesting.Layers.Count)
        {
            await Body();
            return;
        }

        await Enter(index + 1);
        await Sleep(NestingCase.Tail / 1000.0);
        Log($"{index} tail over");
    }

    private async Coroutine Body()
    {
        switch (nesting.Body)
        {
            case BodyKind.Sleeps:
                await Sleep(NestingCase.Long / 1000.0);
                break;
            case BodyKind.SleepsBriefly:
                await Sleep(NestingCase.Brief / 1000.0);
                break;
            case BodyKind.SwallowsOnce:
                await SwallowingSleep(NestingCase.Long);
                await Sleep(NestingCase.SecondSleep / 1000.0);
                break;
            case BodyKind.SwallowsThrice:
                for (var i = 0; i < 3; i++)
                    await SwallowingSleep(NestingCase.SecondSleep);
                break;
            default:
                await SleepAndCleanUp();
                break;
        }

        Log("body over");
    }

    private async Coroutine SwallowingSleep(int time)
    {
        try
        {
            await Sleep(time / 1000.0);
        }
        catch (CancelledException)
        {
            Log("struck");
        }
    }

    private async Coroutine SleepAndCleanUp()
    {
        try
        {
            await Sleep(NestingCase.Long / 1000.0);
        }
        catch (CancelledException)
        {
            Log("struck");
            if (nesting.Body == BodyKind.CleansUp)
                await Sleep(NestingCase.CleanUp / 1000.0);
            else
                await CancelScope.Run(_ => Sleep(NestingCase.CleanUp / 1000.0), shield: true);
            Log("cleaned up");
            throw;
        }
    }

    private void Log(string what) => _log.Add($"{Math.Round(GetRunningLoop().Time * 1000)}: {what}");
}
