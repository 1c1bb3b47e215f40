namespace Tulip.Engines;

/// <summary>What engines say of requests that break the contract's rules: the same in all of them. Thread: any.</summary>
internal static class IoMisuse
{
    /// <summary>The handle is closed.</summary>
    public static ObjectDisposedException Closed() => new("socket", "The handle is closed.");

    /// <summary>An operation is under way in the direction of the handle.</summary>
    /// <param name="other">What that one is.</param>
    public static InvalidOperationException DirectionInUse(IoOpcode other)
        => new($"The handle has an operation in this direction already: {other}.");

    /// <summary>The engine lacks what was asked for.</summary>
    public static NotSupportedException NoOperation(string engine, IoOpcode opcode)
        => new($"The {engine} engine has no operation {opcode}.");
}
