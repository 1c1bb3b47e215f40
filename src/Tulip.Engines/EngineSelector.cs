using Tulip.Engines.Epoll;
using Tulip.Engines.Uring;

namespace Tulip.Engines;

/// <summary>The one place where the engine of a new loop is chosen.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class EngineSelector
{
    /// <summary>The environment variable that forces an engine by its name.</summary>
    public const string Variable = "TULIP_ENGINE";

    /// <summary>The names that <see cref="Create(string?)"/> and the environment variable take.</summary>
    public static IReadOnlyList<string> Names => ["io_uring", "epoll", "portable"];

    /// <summary>Makes the engine that the environment variable <c>TULIP_ENGINE</c> names; without one, the best that works here.</summary>
    /// <returns>A new engine, owned by the caller.</returns>
    /// <exception cref="ArgumentException">There is no engine of that name.</exception>
    /// <exception cref="PlatformNotSupportedException">The engine that was named does not work here.</exception>
    public static IIoEngine Create() => Create(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Makes an engine by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>; null, empty or <c>auto</c> for the best that works here.</param>
    /// <inheritdoc cref="Create()"/>
    public static IIoEngine Create(string? name) => name switch
    {
        null or "" or "auto" => CreateBest(),
        "io_uring" => new UringEngine(),
        "epoll" => new EpollEngine(),
        "portable" => new PortableEngine(),
        _ => throw new ArgumentException(
            $"There is no engine \"{name}\". {Variable} and the argument take {string.Join(", ", Names)}, or auto.", nameof(name)),
    };

    private static IIoEngine CreateBest() => OperatingSystem.IsLinux() ? new EpollEngine() : new PortableEngine();
}
