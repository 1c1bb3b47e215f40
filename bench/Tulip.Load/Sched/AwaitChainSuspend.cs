namespace Tulip.Load.Sched;

/// <summary>A method that awaits a method, ten deep, the innermost of which lets others run once.</summary>
internal sealed class AwaitChainSuspend : Chain
{
    public override string Name => "await_chain_suspend";

    public override string Summary => "calls ten awaits deep whose innermost yields once";

    protected override Coroutine<int> Call(int depth) => Level(depth);

    protected override ValueTask<int> CallTask(int depth) => LevelTask(depth);

    private static async Coroutine<int> Level(int depth)
    {
        if (depth > 1)
            return await Level(depth - 1) + 1;

        await Aio.Sleep(0);
        return 1;
    }

    private static async ValueTask<int> LevelTask(int depth)
    {
        if (depth > 1)
            return await LevelTask(depth - 1) + 1;

        await Task.Yield();
        return 1;
    }
}
