namespace Tulip.Engines;

/// <summary>The one place where the engine of a new loop is chosen.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class EngineSelector
{
    /// <summary>Makes the best engine that this machine offers.</summary>
    /// <returns>A new engine, owned by the caller.</returns>
    public static IIoEngine Create() => new PortableEngine();
}
