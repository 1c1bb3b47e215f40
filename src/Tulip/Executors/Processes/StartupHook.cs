using System.Diagnostics.CodeAnalysis;
using Tulip;

/// <summary>What the runtime calls before <c>Main</c> in a worker process: the name and the place are the runtime's choice.</summary>
internal static class StartupHook
{
    /// <summary>Serves jobs until the pool is gone, and does not return; does nothing in a process that is no worker.</summary>
    [RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
    [RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(WorkerStart.AddressVariable) is not { } address)
            return;

        // Processes that a function starts are ordinary ones.
        Environment.SetEnvironmentVariable(WorkerStart.AddressVariable, null);
        Environment.SetEnvironmentVariable(WorkerStart.HooksVariable, Environment.GetEnvironmentVariable(WorkerStart.FormerHooksVariable));
        Environment.SetEnvironmentVariable(WorkerStart.FormerHooksVariable, null);
        Environment.Exit(WorkerProgram.Run(address));
    }
}
