// WorkerStart: how a worker comes to be. It is the same program once more, started as this one was, with
// DOTNET_STARTUP_HOOKS naming this library: the runtime calls StartupHook.Initialize before Main, which serves jobs and
// then exits. So Main never runs, and every assembly is found where the program itself finds it.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tulip;

internal static class WorkerStart
{
    /// <summary>Where the worker calls its pool. The hook takes it out of the environment: a process that still has it
    /// is one whose hook did not run.</summary>
    public const string AddressVariable = "TULIP_WORKER_ADDRESS";

    /// <summary>What HooksVariable was before.</summary>
    public const string FormerHooksVariable = "TULIP_WORKER_FORMER_HOOKS";

    /// <summary>The runtime's list of what to call before Main.</summary>
    public const string HooksVariable = "DOTNET_STARTUP_HOOKS";

    private const string HooksSwitch = "System.StartupHookProvider.IsSupported";

    /// <summary>Refuses where no worker could be started, or where one would run Main.</summary>
    public static void CheckSupported()
    {
        if (Environment.GetEnvironmentVariable(AddressVariable) is not null)
        {
            throw new InvalidOperationException(
                "This process was started as a worker, but the runtime ran its Main: it does not honour DOTNET_STARTUP_HOOKS. A process pool cannot be used in this program.");
        }

        if (!RuntimeFeature.IsDynamicCodeSupported)
            throw new PlatformNotSupportedException("A process pool needs the just-in-time compiler; this program was compiled ahead of time (PublishAot). Use a ThreadPoolExecutor.");
        if (AppContext.TryGetSwitch(HooksSwitch, out var allowed) && !allowed)
        {
            throw new PlatformNotSupportedException(
                "A process pool needs the runtime's startup hooks, which are off in this program: it was trimmed, or its project says so. Set <StartupHookSupport>true</StartupHookSupport> and do not trim, or use a ThreadPoolExecutor.");
        }

        if (OperatingSystem.IsBrowser() || OperatingSystem.IsWasi() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() || OperatingSystem.IsAndroid())
            throw new PlatformNotSupportedException("A process pool cannot be used here: programs of this platform cannot start processes.");
        if (Environment.ProcessPath is null || Assembly.GetEntryAssembly() is null)
        {
            throw new PlatformNotSupportedException(
                "A process pool starts this program once more, and this process has no program of .NET: the runtime is hosted by another one. Use a ThreadPoolExecutor.");
        }
    }

    public static ProcessStartInfo Command(ProcessPoolOptions options, string address)
    {
        // Its standard input is closed at once, so that it takes none of ours; what it prints goes where our output goes.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        if (IsDotnetCommand(start.FileName))
        {
            foreach (var argument in DotnetArguments(Assembly.GetEntryAssembly()!))
                start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in options.Environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        if (start.Environment.TryGetValue(HooksVariable, out var hooks))
            start.Environment[FormerHooksVariable] = hooks;
        start.Environment[HooksVariable] = Hook();
        start.Environment[AddressVariable] = address;
        return start;
    }

    private static bool IsDotnetCommand(string program)
        => Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);

    /// <summary>The way in which <c>dotnet</c> was told of this program: what it depends on may stand beside another file
    /// than the program's, as it does under a test host.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The dotnet command runs no single files.")]
    private static IEnumerable<string> DotnetArguments(Assembly program)
    {
        yield return "exec";
        var dependencies = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';')[0];
        if (File.Exists(dependencies))
        {
            yield return "--depsfile";
            yield return dependencies;
            var configuration = dependencies.Replace(".deps.json", ".runtimeconfig.json", StringComparison.Ordinal);
            if (configuration != dependencies && File.Exists(configuration))
            {
                yield return "--runtimeconfig";
                yield return configuration;
            }
        }

        yield return program.Location;
    }

    /// <summary>This library's path; its name if it is inside the program's file, or its path has the list's separator.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The empty path is what is asked for.")]
    private static string Hook()
    {
        var library = typeof(WorkerStart).Assembly;
        return library.Location is { Length: > 0 } path && !path.Contains(Path.PathSeparator) ? path : library.GetName().Name!;
    }
}
