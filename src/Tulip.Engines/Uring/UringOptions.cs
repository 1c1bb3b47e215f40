namespace Tulip.Engines.Uring;

/// <summary>Sizes; tests make them small, so that rings and buffers run out.</summary>
internal sealed record UringOptions
{
    public static UringOptions Default => new();

    /// <summary>Requests that are handed over by one system call; a power of two.</summary>
    public int Submissions { get; init; } = 512;

    /// <summary>Results that wait in shared memory; more of them take the kernel's slower way. A power of two.</summary>
    public int Completions { get; init; } = 4096;

    /// <summary>Whether buffers may be filled bit by bit, where the kernel can (6.12).</summary>
    public bool MayFillGradually { get; init; } = true;

    /// <summary>Bytes of a receive buffer that is filled gradually; others have <see cref="WholeBufferSize"/>.</summary>
    public int BufferSize { get; init; } = 256 * 1024;

    /// <summary>Bytes of a receive buffer that one receive uses up.</summary>
    public int WholeBufferSize { get; init; } = 16 * 1024;

    /// <summary>Bytes of receive buffers at first.</summary>
    public int LeastBufferMemory { get; init; } = 512 * 1024;

    /// <summary>Bytes of receive buffers at most, when much is received at once. They are used in turn: with 4 MiB, beyond
    /// the processor's second-level cache, an echo of 64 KiB cost a fifth more than with 512 KiB, though receives then wait.</summary>
    public int MostBufferMemory { get; init; } = 512 * 1024;
}

/// <summary>What the engine has done, for tests and tuning.</summary>
internal struct UringStatistics
{
    /// <summary>System calls <c>io_uring_enter</c>.</summary>
    public long Enters;

    /// <summary>Results taken from the completion ring.</summary>
    public long Completions;

    /// <summary>Times the kernel held results back because the completion ring was full.</summary>
    public long Overflows;

    /// <summary>Receives that found no buffer.</summary>
    public long Starved;

    /// <summary>Sends that found no room.</summary>
    public long Blocked;

    /// <summary>Multishot operations that the kernel ended and the engine began again.</summary>
    public long Rearmed;

    /// <summary>Results of operations that are not in flight: always 0, or memory is in danger.</summary>
    public long Stale;

    /// <summary>Rings made because the loop moved to another thread.</summary>
    public long Moves;
}
