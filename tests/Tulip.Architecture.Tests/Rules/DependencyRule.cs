using System.Xml.Linq;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>What is shipped needs nothing but .NET: as the project says, and as the assembly turned out.</summary>
internal static class DependencyRule
{
    /// <summary>Packages that a project refers to; those of the build alone (<c>PrivateAssets="all"</c>) do not count.</summary>
    public static IReadOnlyCollection<string> PackagesOf(string project)
        => [.. XDocument.Load(project).Descendants("PackageReference")
            .Where(reference => !string.Equals(reference.Attribute("PrivateAssets")?.Value, "all", StringComparison.OrdinalIgnoreCase))
            .Select(reference => $"{Path.GetFileName(project)} refers to the package {reference.Attribute("Include")?.Value}")];

    /// <summary>Referenced assemblies that are neither .NET's own nor among the given ones.</summary>
    public static IReadOnlyCollection<string> AssembliesOf(BuiltAssembly assembly, params string[] allowed)
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. assembly.Metadata.AssemblyReferences
            .Select(handle => assembly.Metadata.GetString(assembly.Metadata.GetAssemblyReference(handle).Name))
            .Where(name => !allowed.Contains(name) && !File.Exists(Path.Combine(runtime, name + ".dll")))
            .Select(name => $"{assembly.Name} refers to the assembly {name}")];
    }
}
