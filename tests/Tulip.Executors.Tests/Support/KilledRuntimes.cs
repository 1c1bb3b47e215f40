using System.Runtime.CompilerServices;

namespace Tulip.Executors.Tests;

/// <summary>A runtime that is killed leaves its debugger's pipes in the temporary folder: so those that are started here have none.</summary>
internal static class KilledRuntimes
{
    [ModuleInitializer]
    internal static void LeaveNothing() => Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
}
