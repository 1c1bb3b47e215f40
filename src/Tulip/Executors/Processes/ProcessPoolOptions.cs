using System.Text.Json;

namespace Tulip;

/// <summary>What a <see cref="ProcessPoolExecutor"/>'s workers are like.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed class ProcessPoolOptions
{
    /// <summary>Called once in each worker before its first job (<c>initializer</c>). A static method, or a lambda that
    /// captures nothing. If it throws, the job that the worker was started for fails with a <see cref="BrokenWorkerException"/>.</summary>
    public Action? Initializer { get; init; }

    /// <summary>After how many jobs a worker is replaced, at least 1 (<c>max_tasks_per_child</c>); null for never.</summary>
    public int? MaxJobsPerWorker { get; init; }

    /// <summary>Environment variables that the workers have beside the program's own; a null value takes one away.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>The workers' working directory; null for the program's own at the time.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>How arguments and results are written as JSON. It is called once here and once in each worker: a static
    /// method, or a lambda that captures nothing. Null for System.Text.Json's defaults with fields (so that tuples work)
    /// and with NaN and the infinities.</summary>
    public Func<JsonSerializerOptions>? Json { get; init; }

    /// <summary>Whether cancelling a job that runs ends its worker's process. Without it the job runs on and its result
    /// is dropped, as in asyncio.</summary>
    public bool KillOnCancel { get; init; }
}
