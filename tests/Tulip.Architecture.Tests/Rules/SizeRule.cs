using System.Reflection.Metadata;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>Files and methods stay short.</summary>
internal sealed class SizeRule(BuiltAssembly assembly, int fileLines, int methodLines, IReadOnlyCollection<string> exempt)
{
    public IReadOnlyCollection<string> Violations()
    {
        var tooLong = LongFiles().Concat(LongMethods()).ToList();
        return
        [
            .. tooLong.Where(found => !exempt.Contains(found.Name)).Select(found => $"{found.Name} has {found.Lines} lines").Order(),
            .. exempt.Except(tooLong.Select(found => found.Name)).Select(name => $"{name} is exempt, but short or gone"),
        ];
    }

    private IEnumerable<(string Name, int Lines)> LongFiles()
    {
        var folder = Repository.PathOf(assembly.SourceFolder);
        return assembly.Metadata.TypeDefinitions.SelectMany(assembly.Sources.FilesOf).Distinct()
            .Select(file => (file, File.ReadLines(Path.Combine(folder, file)).Count()))
            .Where(file => file.Item2 > fileLines);
    }

    private IEnumerable<(string Name, int Lines)> LongMethods()
        => assembly.Metadata.MethodDefinitions
            .Where(method => assembly.Sources.FileOf(method) is not null)
            .Select(method => (assembly.Metadata.FullName(method), assembly.Sources.LinesOf(method)))
            .Where(method => method.Item2 > methodLines);
}
