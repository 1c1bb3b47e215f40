// NestingModel: says what a case has to do, from the rules alone, without a loop, tasks or hops:
//   1. asyncio counts requests to cancel. A request is thrown once, at the wait it finds, else at the next one. Who
//      made it takes it back on leaving, and what it turns into depends on whether others' requests remain.
//   2. A cancelled scope is not counted: it throws at every wait in it, unless a shield is between, and absorbs what
//      it threw if no scope around it wants the same and no request came meanwhile and stayed.
//   3. Of several limits that strike, the outermost decides.
//   4. A group ends when its tasks have; their failures come before a cancel, which is then asked for again.
namespace Tulip.Structure.Tests.Nesting;

internal sealed class NestingModel(NestingCase nesting)
{
    private readonly List<string> _log = [];
    private readonly List<LayerState> _layers = [];
    private int _now;
    private int _requests;
    private bool _throwNext;

    public static IReadOnlyList<string> Of(NestingCase nesting)
    {
        var model = new NestingModel(nesting);
        var cancelled = model.Enter(0) == Outcome.Cancelled || model._throwNext;
        model.Log($"task {(cancelled ? "cancelled" : "done")}, {model._requests} requests");
        return model._log;
    }

    private Outcome Enter(int index)
    {
        var layer = new LayerState(nesting.Layers[index], _requests);
        _layers.Add(layer);
        var outcome = Inside(index);
        if (layer.IsGroup)
            outcome = LeaveGroup(layer, outcome);
        _layers.RemoveAt(index);
        if (layer.IsTimeout)
            outcome = LeaveTimeout(layer, outcome);
        var caught = layer.IsScope && Absorbs(layer, outcome);
        if (caught)
            outcome = layer.Kind == LayerKind.Fail ? Outcome.TimedOut : Outcome.Done;
        Log($"{index} " + outcome switch
        {
            Outcome.Cancelled => "passes the cancel on",
            Outcome.TimedOut => "times out",
            Outcome.Failed => "fails",
            _ => caught ? "moves on" : "ends",
        });

        // What is not a cancel is caught behind the layer.
        return outcome == Outcome.Cancelled ? outcome : Outcome.Done;
    }

    private Outcome Inside(int index)
    {
        if (index + 1 == nesting.Layers.Count)
            return Body();
        if (Enter(index + 1) == Outcome.Cancelled || !Sleep(NestingCase.Tail))
            return Outcome.Cancelled;
        Log($"{index} tail over");
        return Outcome.Done;
    }

    private Outcome Body()
    {
        switch (nesting.Body)
        {
            case BodyKind.Sleeps or BodyKind.SleepsBriefly:
                if (!Sleep(nesting.Body == BodyKind.Sleeps ? NestingCase.Long : NestingCase.Brief))
                    return Outcome.Cancelled;
                break;
            case BodyKind.SwallowsOnce:
                SwallowingSleep(NestingCase.Long);
                if (!Sleep(NestingCase.SecondSleep))
                    return Outcome.Cancelled;
                break;
            case BodyKind.SwallowsThrice:
                for (var i = 0; i < 3; i++)
                    SwallowingSleep(NestingCase.SecondSleep);
                break;
            default:
                if (Sleep(NestingCase.Long))
                    break;
                Log("struck");
                if (Sleep(NestingCase.CleanUp, shielded: nesting.Body == BodyKind.CleansUpShielded))
                    Log("cleaned up");
                return Outcome.Cancelled;
        }

        Log("body over");
        return Outcome.Done;
    }

    private void SwallowingSleep(int time)
    {
        if (!Sleep(time))
            Log("struck");
    }

    private Outcome LeaveTimeout(LayerState layer, Outcome outcome)
    {
        if (!layer.Struck)
            return outcome;
        TakeBack();
        var scopeDecides = IsInEffect(_layers.Count) && _layers.Last(l => l.IsScope).Delivered;
        return outcome == Outcome.Cancelled && _requests <= layer.RequestsOnEntry && !scopeDecides ? Outcome.TimedOut : outcome;
    }

    private bool Absorbs(LayerState layer, Outcome outcome)
        => outcome == Outcome.Cancelled && layer is { Struck: true, Delivered: true }
            && (layer.IsShield || !IsInEffect(_layers.Count))
            && _requests <= layer.RequestsOnEntry;

    private Outcome LeaveGroup(LayerState group, Outcome outcome)
    {
        var cancelled = outcome == Outcome.Cancelled;
        if (cancelled)
            Abort(group);
        while (group.ChildEnd is not null)
        {
            if (WaitOnce(null, shielded: group.Aborting))
                continue;
            cancelled = true;
            Abort(group);
        }

        if (group.AskedParent)
        {
            TakeBack();
            if (_requests == 0)
                cancelled = false;
        }

        if (group.ChildFailed)
        {
            _throwNext |= _requests > 0;
            return Outcome.Failed;
        }

        return cancelled ? Outcome.Cancelled : Outcome.Done;
    }

    private void Abort(LayerState group)
    {
        if (group.Aborting)
            return;
        group.Aborting = true;
        if (group.ChildEnd is null)
            return;
        group.ChildWillFail = false;
        group.ChildEnd = IsInEffect(_layers.IndexOf(group)) ? _now : _now + NestingCase.ChildCleanUp;
    }

    private void TakeBack()
    {
        if (--_requests == 0)
            _throwNext = false;
    }

    /// <summary>False if it ends by a cancel.</summary>
    private bool Sleep(int time, bool shielded = false)
    {
        var end = _now + time;
        while (_now < end)
        {
            if (!WaitOnce(end, shielded))
                return false;
        }

        return true;
    }

    /// <summary>Waits until the next thing happens; false if that is a cancel.</summary>
    private bool WaitOnce(int? end, bool shielded)
    {
        if (_throwNext)
        {
            _throwNext = false;
            if (!shielded && IsInEffect(_layers.Count))
                Deliver(onlyInside: true);
            return false;
        }

        if (!shielded && IsInEffect(_layers.Count))
        {
            Deliver(onlyInside: false);
            return false;
        }

        _now = _layers.SelectMany(layer => new[] { layer.Trigger, layer.ChildEnd }).Append(end).Min()!.Value;
        var struck = false;
        var ending = _layers.Where(layer => layer.ChildEnd == _now).ToArray();
        foreach (var layer in _layers.Where(layer => layer.Trigger == _now))
            Fire(layer, shielded, ref struck);
        foreach (var layer in ending)
            EndChild(layer, ref struck);
        return !struck;
    }

    private void Fire(LayerState layer, bool shielded, ref bool struck)
    {
        layer.Trigger = null;
        layer.Struck = true;
        if (!layer.IsScope)
        {
            if (layer.IsGroup)
            {
                Abort(layer);
                layer.AskedParent = true;
            }

            _requests++;
            struck = true;
            return;
        }

        for (var i = 0; i < _layers.Count; i++)
        {
            // The group's task is struck again in its cleaning up. It takes no time, but is not over yet either.
            if (!_layers[i].IsGroup || _layers[i].ChildEnd is null || !IsInEffect(i))
                continue;
            _layers[i].ChildEnd = _now;
            _layers[i].ChildWillFail = false;
        }

        if (shielded || !IsInEffect(_layers.Count))
            return;
        Deliver(onlyInside: struck);
        struck = true;
    }

    private void EndChild(LayerState group, ref bool struck)
    {
        group.ChildEnd = null;
        if (!group.ChildWillFail)
            return;
        group.ChildFailed = true;
        if (group.Aborting)
            return;
        group.Aborting = true;
        group.AskedParent = true;
        _requests++;
        struck = true;
    }

    /// <summary>The task is thrown a cancel that the scopes around it want; or only those that it was asked for in.</summary>
    private void Deliver(bool onlyInside)
    {
        for (var i = _layers.Count - 1; i >= 0; i--)
        {
            if (!_layers[i].IsScope)
                continue;
            _layers[i].Delivered |= !onlyInside || _requests > _layers[i].RequestsOnEntry;
            if (_layers[i].IsShield)
                return;
        }
    }

    /// <summary>Whether code in the first of the layers is in a cancelled scope.</summary>
    private bool IsInEffect(int depth)
    {
        for (var i = depth - 1; i >= 0; i--)
        {
            if (!_layers[i].IsScope)
                continue;
            if (_layers[i].Struck)
                return true;
            if (_layers[i].IsShield)
                return false;
        }

        return false;
    }

    private void Log(string what) => _log.Add($"{_now}: {what}");
}
