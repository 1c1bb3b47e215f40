using System.Reflection.Metadata;
using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Rules;

/// <summary>No pointers, and no casts that nothing checks but where they are allowed.</summary>
internal sealed class UnsafeRule(BuiltAssembly assembly, IReadOnlyCollection<string> uncheckedCastsIn)
{
    // How the compiler does inline arrays and constants.
    private const string CompilersOwn = "<PrivateImplementationDetails>";

    private static readonly string[] s_uncheckedCasts = ["System.Runtime.CompilerServices.Unsafe", "System.Runtime.InteropServices.MemoryMarshal"];

    private readonly MetadataReader _metadata = assembly.Metadata;
    private readonly SortedSet<string> _violations = [];

    public IReadOnlyCollection<string> Violations()
    {
        if (_metadata.HasAttribute(_metadata.GetModuleDefinition().GetCustomAttributes(), "System.Security.UnverifiableCodeAttribute"))
            _violations.Add($"{assembly.Name} was compiled with unsafe code allowed");

        foreach (var handle in _metadata.TypeDefinitions)
            CheckFields(handle);
        foreach (var method in _metadata.MethodDefinitions)
            CheckMethod(method);
        return _violations;
    }

    private void CheckFields(TypeDefinitionHandle handle)
    {
        foreach (var fieldHandle in _metadata.GetTypeDefinition(handle).GetFields())
        {
            var field = _metadata.GetFieldDefinition(fieldHandle);
            var name = $"{_metadata.FullName(handle)}.{_metadata.GetString(field.Name)}";
            var named = new SignatureTypes(_metadata);
            named.AddField(field);
            Report(name, named);
            if (_metadata.HasAttribute(field.GetCustomAttributes(), "System.Runtime.CompilerServices.FixedBufferAttribute"))
                _violations.Add($"{name} is a fixed buffer");
        }
    }

    private void CheckMethod(MethodDefinitionHandle handle)
    {
        var name = _metadata.FullName(handle);
        if (name.StartsWith(CompilersOwn, StringComparison.Ordinal))
            return;

        var named = new SignatureTypes(_metadata);
        named.AddMethod(_metadata.GetMethodDefinition(handle));
        if (assembly.BodyOf(handle) is { } body)
        {
            named.AddLocals(body);
            if (assembly.Sources.FolderOf(handle) is not { } folder || !uncheckedCastsIn.Contains(folder))
                CheckCasts(name, body);
        }

        Report(name, named);
    }

    private void CheckCasts(string name, MethodBodyBlock body)
    {
        foreach (var token in IlTokens.Of(body))
        {
            var method = token.Kind == HandleKind.MethodSpecification
                ? _metadata.GetMethodSpecification((MethodSpecificationHandle)token).Method
                : token;
            if (method.Kind != HandleKind.MemberReference)
                continue;

            var member = _metadata.GetMemberReference((MemberReferenceHandle)method);
            if (member.Parent.Kind == HandleKind.TypeReference
                && _metadata.FullName((TypeReferenceHandle)member.Parent) is var type
                && s_uncheckedCasts.Contains(type))
            {
                _violations.Add($"{name} uses {type}.{_metadata.GetString(member.Name)}");
            }
        }
    }

    private void Report(string name, SignatureTypes named)
    {
        if (named.HasPointer)
            _violations.Add($"{name} has a pointer");
        if (named.HasFunctionPointer)
            _violations.Add($"{name} has a function pointer");
        if (named.HasPinned)
            _violations.Add($"{name} pins a variable");
    }
}
