namespace ChaosProxy;

/// <summary>What may happen to a request, or to a piece of data; the names, in lower case, are those of <c>--behavior</c>.</summary>
internal enum Behaviour
{
    /// <summary>The exchange with the backend is broken off in the middle, and with it the client's.</summary>
    Abort,

    /// <summary>The client's connection is closed at once; nothing else is done.</summary>
    Blackout,

    /// <summary>It goes through late: before or after the backend is called.</summary>
    Delay,

    /// <summary>It goes through as it is.</summary>
    Dummy,

    /// <summary>An error instead of an answer.</summary>
    Error,

    /// <summary>All that comes is read, and nothing is ever answered.</summary>
    Hang,

    /// <summary>An error for the first calls, then as <see cref="Dummy"/>.</summary>
    Transient,
}

/// <summary>The behaviours' names.</summary>
internal static class BehaviourNames
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Behaviour>().Select(NameOf)];

    public static string NameOf(Behaviour behaviour) => behaviour.ToString().ToLowerInvariant();

    /// <exception cref="FormatException">There is no such behaviour.</exception>
    public static Behaviour Parse(string name)
    {
        var index = All.ToList().IndexOf(name);
        if (index < 0)
            throw new FormatException($"'{name}' is an unknown behavior. Pick one of: {string.Join(", ", All.Select(known => $"'{known}'"))}.");
        return (Behaviour)index;
    }
}
