using System.Diagnostics.Tracing;

namespace Tulip;

/// <summary>What loops tell to whoever listens to the event source <c>Tulip</c>: <c>dotnet-trace</c>, an <see cref="EventListener"/>.</summary>
[EventSource(Name = "Tulip")]
internal sealed class LoopEventSource : EventSource
{
    public static readonly LoopEventSource Log = new();

    private LoopEventSource()
    {
    }

    /// <summary>A loop was made, with this engine (asyncio's "Using selector: …").</summary>
    [Event(1, Level = EventLevel.Informational, Message = "Using engine: {0}")]
    public void EngineChosen(string engine) => WriteEvent(1, engine);
}
