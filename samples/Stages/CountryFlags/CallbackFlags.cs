using Tulip;

namespace Stages;

/// <summary>
/// flags3 with callbacks. What <c>using</c>, <c>try</c>, <c>await</c> and the semaphore do for the coroutine is done by
/// hand: the slot is given back on each of the four ways out, the end is counted down, and whoever wants to stop early
/// has to be asked for before each step.
/// </summary>
internal sealed class CallbackFlags(FlagSite site, FlagBook book, int concurrency)
{
    private readonly Queue<Action> _waiting = new();
    private int _free = concurrency;
    private int _unsettled;
    private bool _stopped;
    private Action? _onAllDone;

    public void DownloadMany(IReadOnlyList<string> codes, Action onAllDone)
    {
        _onAllDone = onAllDone;
        _unsettled = codes.Count;
        foreach (var code in codes)
            EnterSlot(() => GetFlag(code));
    }

    /// <summary>Requests that are on their way are answered all the same; their answers are dropped.</summary>
    public void Stop() => _stopped = true;

    private void GetFlag(string code) => site.GetFlag(
        code,
        image =>
        {
            LeaveSlot();
            EnterSlot(() => GetCountry(code, image));
        },
        failure => Settle(() => book.Failed(code, failure)));

    private void GetCountry(string code, byte[] image) => site.GetCountry(
        code,
        country => Settle(() => book.Saved(code, country, image)),
        failure => Settle(() => book.Failed(code, failure)));

    private void Settle(Action write)
    {
        LeaveSlot();
        if (_stopped)
            return;

        write();
        if (--_unsettled == 0)
            _onAllDone!();
    }

    private void EnterSlot(Action go)
    {
        if (_stopped)
            return;
        if (_free == 0)
        {
            _waiting.Enqueue(go);
            return;
        }

        _free--;
        go();
    }

    private void LeaveSlot()
    {
        _free++;
        if (_waiting.TryDequeue(out var next))
            EnterSlot(next);
    }
}
