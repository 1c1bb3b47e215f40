namespace Tulip.Structure.Tests.Properties;

/// <summary>Some tasks that do one random thing after the other, and one that cancels them at random.</summary>
/// <remarks>A cancelled task goes on with its next thing. At the end everybody stands still, which is looked at, and is
/// then sent home.</remarks>
internal sealed class Crowd(Choices choices, int size, Func<int, Coroutine> act)
{
    /// <summary>Longer than anything that goes on by itself.</summary>
    private const double Ages = 1_000;

    private readonly List<AsyncTask<Unit>> _tasks = [];

    /// <summary>Told who is about to be cancelled.</summary>
    public Action<int> OnCancel { get; set; } = static _ => { };

    /// <summary>Runs until the decisions are used up and nothing moves, then looks, then ends.</summary>
    public async Coroutine Run(Action whenIdle)
    {
        for (var i = 0; i < size; i++)
            _tasks.Add(CreateTask(Live(i)));
        var canceller = CreateTask(CancelSome());
        await Sleep(Ages);
        Assert.True(canceller.Done);
        whenIdle();
        while (_tasks.Any(task => !task.Done))
        {
            for (var i = 0; i < size; i++)
                Cancel(i);
            await Sleep(Ages);
        }

        foreach (var task in _tasks)
            task.Result();
    }

    /// <summary>A while: nothing at all, some passes, or some time.</summary>
    public async Coroutine Pause()
    {
        switch (choices.Next(3))
        {
            case 0:
                break;
            case 1:
                await LoopTest.Passes(1 + choices.Next(4));
                break;
            default:
                await Sleep(choices.Next(3) * 0.5);
                break;
        }
    }

    private async Coroutine Live(int index)
    {
        while (choices.Any)
        {
            try
            {
                await act(index);
                await Pause();
            }
            catch (CancelledException)
            {
            }
        }

        // A group that failed while its task was cancelled has asked for that cancel again.
        while (_tasks[index].Uncancel() > 0)
        {
        }
    }

    private async Coroutine CancelSome()
    {
        while (choices.Any)
        {
            await LoopTest.Passes(1 + choices.Next(5));
            if (choices.Next(8) == 0)
                await Sleep(0.5);
            Cancel(choices.Next(size));
        }
    }

    private void Cancel(int index)
    {
        OnCancel(index);
        _tasks[index].Cancel();
    }
}

/// <summary>Who waits, in the order in which they came. Who is cancelled leaves it at once, as in asyncio: a newcomer may
/// go before somebody whose cancel is still on its way.</summary>
internal sealed class Line
{
    private readonly List<int> _waiting = [];

    public int Count => _waiting.Count;

    public void Leave(int who) => _waiting.Remove(who);

    /// <summary>Waits for something in line: whoever gets it must be the first who still waits.</summary>
    public async Coroutine<T> Wait<T>(int who, Coroutine<T> what)
    {
        _waiting.Add(who);
        try
        {
            var result = await what;
            Assert.NotEmpty(_waiting);
            Assert.Equal(_waiting[0], who);
            return result;
        }
        finally
        {
            _waiting.Remove(who);
        }
    }
}
