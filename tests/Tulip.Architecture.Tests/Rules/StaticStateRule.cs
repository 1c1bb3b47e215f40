using System.Reflection;
using System.Reflection.Metadata;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>Static variables, and static collections that can change, are few and known.</summary>
internal sealed class StaticStateRule(BuiltAssembly assembly, IReadOnlyCollection<string> allowed)
{
    private readonly MetadataReader _metadata = assembly.Metadata;

    public IReadOnlyCollection<string> Violations()
    {
        var found = _metadata.TypeDefinitions
            .Where(type => !_metadata.IsMadeUp(type))
            .SelectMany(type => _metadata.GetTypeDefinition(type).GetFields().Select(field => (type, field: _metadata.GetFieldDefinition(field))))
            .Where(pair => CanChange(pair.field))
            .Select(pair => (name: $"{_metadata.FullName(pair.type)}.{_metadata.GetString(pair.field.Name)}", isPublic: IsVisible(pair.field)))
            .ToList();

        var violations = new SortedSet<string>();
        foreach (var (name, isPublic) in found)
        {
            if (isPublic)
                violations.Add($"{name} is a static variable that users can see");
            else if (!allowed.Contains(name))
                violations.Add($"{name} is static state that is not in the list of what is allowed");
        }

        // A list that is longer than the truth would let the next one in.
        foreach (var name in allowed.Except(found.Select(f => f.name)))
            violations.Add($"{name} is in the list of allowed static state, but does not exist");
        return violations;
    }

    private static bool IsVisible(FieldDefinition field)
        => (field.Attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private bool CanChange(FieldDefinition field)
    {
        const FieldAttributes Fixed = FieldAttributes.InitOnly | FieldAttributes.Literal;
        if ((field.Attributes & FieldAttributes.Static) == 0 || (field.Attributes & FieldAttributes.Literal) != 0)
            return false;

        return (field.Attributes & Fixed) == 0 || IsMutableCollection(field);
    }

    private bool IsMutableCollection(FieldDefinition field)
    {
        var named = new SignatureTypes(_metadata);
        named.AddField(field);
        return named.Types.Where(type => type.Kind == HandleKind.TypeReference)
            .Select(type => _metadata.FullName((TypeReferenceHandle)type))
            .Any(name => name.StartsWith("System.Collections.Generic.", StringComparison.Ordinal)
                || name.StartsWith("System.Collections.Concurrent.", StringComparison.Ordinal));
    }
}
