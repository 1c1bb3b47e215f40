using System.Reflection.Metadata;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>A folder names only folders of its own layer and of those below it: in signatures, fields, base types and code.</summary>
internal sealed class ArrowRule(BuiltAssembly assembly, Layers layers, string enginesAssembly)
{
    private readonly MetadataReader _metadata = assembly.Metadata;
    private readonly SortedSet<string> _violations = [];

    public IReadOnlyCollection<string> Violations()
    {
        foreach (var type in _metadata.TypeDefinitions)
        {
            if (CheckPlace(type) is { } folder)
                CheckDeclaration(type, folder);
            foreach (var method in _metadata.GetTypeDefinition(type).GetMethods())
            {
                if (assembly.Sources.FolderOf(method) is { } methodFolder && layers.Has(methodFolder))
                    CheckMethod(method, methodFolder);
            }
        }

        return _violations;
    }

    /// <summary>The one folder of a type, or null if it has none or, being allowed to, many.</summary>
    private string? CheckPlace(TypeDefinitionHandle type)
    {
        var name = _metadata.FullName(type);
        var folders = assembly.Sources.FoldersOf(type);
        foreach (var folder in folders.Where(folder => !layers.Has(folder)))
            _violations.Add($"{name} is in the folder '{folder}', which has no place in the table of layers");
        if (folders.Count > 1 && !MayBeSpread(name))
            _violations.Add($"{name} is spread over the folders {string.Join(", ", folders)}");
        if (folders.Count == 0 && !_metadata.IsMadeUp(type) && name.StartsWith("Tulip", StringComparison.Ordinal))
            _violations.Add($"{name} has no source file in the symbols");
        return folders.Count == 1 && layers.Has(folders[0]) ? folders[0] : null;
    }

    private bool MayBeSpread(string name) => layers.Spread.Any(spread => name == spread || name.StartsWith(spread + ".<", StringComparison.Ordinal));

    private void CheckDeclaration(TypeDefinitionHandle handle, string folder)
    {
        var type = _metadata.GetTypeDefinition(handle);
        var named = new SignatureTypes(_metadata);
        if (!type.BaseType.IsNil)
            named.Add(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
            named.Add(_metadata.GetInterfaceImplementation(implementation).Interface);
        foreach (var field in type.GetFields())
            named.AddField(_metadata.GetFieldDefinition(field));
        named.AddConstraints(type.GetGenericParameters());
        CheckTypes(_metadata.FullName(handle), folder, named);
    }

    private void CheckMethod(MethodDefinitionHandle handle, string folder)
    {
        var name = _metadata.FullName(handle);
        var named = new SignatureTypes(_metadata);
        named.AddMethod(_metadata.GetMethodDefinition(handle));
        if (assembly.BodyOf(handle) is { } body)
        {
            named.AddLocals(body);
            foreach (var token in IlTokens.Of(body))
                CheckToken(name, folder, token, named);
        }

        CheckTypes(name, folder, named);
    }

    private void CheckToken(string name, string folder, EntityHandle token, SignatureTypes named)
    {
        switch (token.Kind)
        {
            case HandleKind.MethodDefinition:
                var method = (MethodDefinitionHandle)token;
                CheckArrow(name, folder, assembly.Sources.FolderOf(method), _metadata.FullName(method));
                break;
            case HandleKind.FieldDefinition:
                named.Add(_metadata.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var specification = _metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                specification.DecodeSignature(named, null);
                CheckToken(name, folder, specification.Method, named);
                break;
            case HandleKind.MemberReference:
                named.Add(_metadata.GetMemberReference((MemberReferenceHandle)token).Parent);
                break;
            default:
                named.Add(token);
                break;
        }
    }

    private void CheckTypes(string name, string folder, SignatureTypes named)
    {
        foreach (var type in named.Types)
        {
            if (type.Kind == HandleKind.TypeReference)
            {
                var reference = (TypeReferenceHandle)type;
                if (_metadata.AssemblyOf(reference) == enginesAssembly && !layers.MayNameEngines.Contains(folder))
                    _violations.Add($"{name} ({folder}) names {_metadata.FullName(reference)} of {enginesAssembly}");
                continue;
            }

            // A type in several folders is judged by its methods.
            var definition = (TypeDefinitionHandle)type;
            if (assembly.Sources.FoldersOf(definition) is [var only])
                CheckArrow(name, folder, only, _metadata.FullName(definition));
        }
    }

    private void CheckArrow(string name, string from, string? to, string target)
    {
        if (to is not null && layers.Has(to) && !layers.MayName(from, to))
            _violations.Add($"{name} ({from}) names {target} ({to}), which is above it");
    }
}
