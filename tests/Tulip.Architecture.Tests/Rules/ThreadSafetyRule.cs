using System.Reflection;
using System.Reflection.Metadata;
using System.Xml.Linq;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>Every public type says in its documentation from which threads it may be used.</summary>
internal sealed class ThreadSafetyRule(BuiltAssembly assembly)
{
    private const int LongestChain = 8;

    private readonly MetadataReader _metadata = assembly.Metadata;
    private readonly Dictionary<string, XElement> _members = assembly.Documentation.Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    public IReadOnlyCollection<string> Violations()
        => [.. _metadata.TypeDefinitions
            .Where(type => IsPublic(type) && !_metadata.IsMadeUp(type))
            .Select(DocumentationName)
            .Where(name => !IsTold(name, 0))
            .Select(name => $"{name[2..]} has no <threadsafety> in its documentation")
            .Order()];

    private bool IsTold(string name, int depth)
    {
        if (depth > LongestChain || !_members.TryGetValue(name, out var member))
            return false;

        return member.Descendants("threadsafety").Any(said => said.Value.Trim().Length > 0)
            || member.Descendants("inheritdoc").Any(inherited => inherited.Attribute("cref")?.Value is { } other && IsTold(other, depth + 1));
    }

    private bool IsPublic(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsPublic(type.GetDeclaringType()),
            _ => false,
        };
    }

    private string DocumentationName(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var name = _metadata.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } around
            ? $"{DocumentationName(around)}.{name}"
            : type.Namespace.IsNil ? $"T:{name}" : $"T:{_metadata.GetString(type.Namespace)}.{name}";
    }
}
