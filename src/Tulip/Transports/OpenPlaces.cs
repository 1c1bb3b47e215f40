// OpenPlaces: debug mode only: where what is open was made, so that what is left open when the loop closes can be reported.
// Thread: the loop's.
//   1. A child that runs is reported in any mode, by itself.
//   2. The loop holds its transports and servers until they are closed: they are never collected before it.
namespace Tulip;

internal sealed class OpenPlaces(EventLoop loop)
{
    private const int Limit = 10;

    private readonly Dictionary<object, string> _places = [];

    /// <summary>Something is made, here and now.</summary>
    public void Note(object made, string? otherwise = null)
    {
        if (loop.Debug)
            _places[made] = Here(otherwise);
    }

    /// <summary>This place, to be put behind "It was made". Slow.</summary>
    /// <param name="otherwise">What to say outside of a task, where there is no call to name.</param>
    public string Here(string? otherwise = null)
        => !loop.IsRunning || Aio.CurrentTask() is null ? otherwise ?? " outside of a task" : "\n" + Aio.FormatCallGraph(limit: Limit);

    /// <summary>It is closed.</summary>
    public void Forget(object made)
    {
        if (_places.Count > 0)
            _places.Remove(made);
    }

    /// <summary>Where it was made, to be put behind a message; empty if that is not known.</summary>
    public string Of(object made) => _places.TryGetValue(made, out var place) ? $". It was made{place}" : "";

    /// <summary>The loop closes: what is still here was never closed.</summary>
    public void Report()
    {
        foreach (var (made, place) in _places.ToArray())
        {
            var transport = made as Transport;
            if (made is ChildTransport || transport is { IsClosing: true } || transport?.GetProtocol() is TlsProtocol { IsClosing: true })
                continue;

            var name = transport is null ? "server" : "transport";
            loop.CallExceptionHandler(new LoopErrorContext($"A {name} was never closed: {made}. It was made{place}")
            {
                Transport = transport,
                Protocol = transport?.GetProtocol(),
            });
        }

        _places.Clear();
    }
}
