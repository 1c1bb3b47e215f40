namespace Flags;

/// <summary>A way to download many flags, with the numbers of connections it is good for.</summary>
internal sealed record DownloadMode(string Name, int DefaultConcurrency, int MaxConcurrency, Action<DownloadJob> Download)
{
    public static DownloadMode Sequential { get; } = new("sequential", 1, 1, SequentialDownloads.Run);

    public static DownloadMode ThreadPool { get; } = new("threadpool", 30, 1000, ThreadPoolDownloads.Run);

    public static DownloadMode Asyncio { get; } = new("asyncio", 5, 1000, AsyncioDownloads.RunSavingInLine);

    public static DownloadMode Executor { get; } = new("executor", 5, 1000, AsyncioDownloads.RunSavingInExecutor);

    public static DownloadMode Files { get; } = new("files", 5, 1000, AsyncioDownloads.RunSavingByLoop);

    public static DownloadMode CountryNames { get; } = new("flags3", 5, 1000, CountryNameDownloads.Run);

    public static IReadOnlyList<DownloadMode> OfFlags2 { get; } = [Asyncio, Executor, Files, Sequential, ThreadPool];

    /// <summary>The connections really used: never more than the mode can bear or there are flags.</summary>
    public int ActualConcurrency(int? asked, int codes) => Math.Min(Math.Min(asked ?? DefaultConcurrency, MaxConcurrency), codes);
}
