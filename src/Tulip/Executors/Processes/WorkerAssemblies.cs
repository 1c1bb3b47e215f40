using System.Reflection;
using System.Runtime.Loader;

namespace Tulip;

/// <summary>Finds, in a worker, assemblies that its program does not list: it loaded them from elsewhere itself.</summary>
internal static class WorkerAssemblies
{
    /// <summary>From now on assemblies are also looked for beside this one.</summary>
    public static void Add(string location)
    {
        if (location.Length == 0 || AssemblyLoadContext.Default.Assemblies.Any(assembly => IsAt(assembly, location)))
            return;

        AssemblyLoadContext.Default.Resolving += (context, name) => Find(context, name, location);
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly inside the program's file needs no finding.")]
    private static bool IsAt(Assembly assembly, string location) => !assembly.IsDynamic && assembly.Location == location;

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Trimmed programs have no workers.")]
    private static Assembly? Find(AssemblyLoadContext context, AssemblyName name, string location)
    {
        var beside = Path.Combine(Path.GetDirectoryName(location)!, $"{name.Name}.dll");
        return File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
    }
}
