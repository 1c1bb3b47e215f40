namespace Tulip.Load.Sched;

/// <summary>A method that awaits a method, ten deep, none of which suspends: the cost of a call.</summary>
internal sealed class AwaitChain : Chain
{
    public override string Name => "await_chain";

    public override string Summary => "calls ten awaits deep that end without suspending";

    protected override Coroutine<int> Call(int depth) => Level(depth);

    protected override ValueTask<int> CallTask(int depth) => LevelTask(depth);

#pragma warning disable CS1998 // The innermost call awaits nothing.
    private static async Coroutine<int> Level(int depth) => depth == 1 ? 1 : await Level(depth - 1) + 1;

    private static async ValueTask<int> LevelTask(int depth) => depth == 1 ? 1 : await LevelTask(depth - 1) + 1;
#pragma warning restore CS1998
}
