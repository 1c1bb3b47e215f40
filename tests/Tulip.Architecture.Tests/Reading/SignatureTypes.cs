using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Tulip.Architecture.Tests.Reading;

/// <summary>Collects what a signature names. The signatures' structure is not kept.</summary>
internal sealed class SignatureTypes(MetadataReader metadata) : ISignatureTypeProvider<object?, object?>
{
    /// <summary>Type definitions and references.</summary>
    public HashSet<EntityHandle> Types { get; } = [];

    public bool HasPointer { get; private set; }

    public bool HasFunctionPointer { get; private set; }

    /// <summary>Only a <c>fixed</c> statement pins a variable.</summary>
    public bool HasPinned { get; private set; }

    public void AddMethod(MethodDefinition method)
    {
        method.DecodeSignature(this, null);
        AddConstraints(method.GetGenericParameters());
    }

    public void AddField(FieldDefinition field) => field.DecodeSignature(this, null);

    public void AddLocals(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
            metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
    }

    public void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters)
        {
            foreach (var constraint in metadata.GetGenericParameter(parameter).GetConstraints())
                Add(metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    /// <summary>Adds a type's token, whatever kind it has.</summary>
    public void Add(EntityHandle type)
    {
        switch (type.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference:
                Types.Add(type);
                break;
            case HandleKind.TypeSpecification:
                metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(this, null);
                break;
        }
    }

    public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Note(handle);

    public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Note(handle);

    public object? GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind)
    {
        Add(handle);
        return null;
    }

    public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

    public object? GetPointerType(object? elementType)
    {
        HasPointer = true;
        return null;
    }

    public object? GetFunctionPointerType(MethodSignature<object?> signature)
    {
        HasFunctionPointer = true;
        return null;
    }

    public object? GetPinnedType(object? elementType)
    {
        HasPinned = true;
        return null;
    }

    public object? GetArrayType(object? elementType, ArrayShape shape) => null;

    public object? GetSZArrayType(object? elementType) => null;

    public object? GetByReferenceType(object? elementType) => null;

    public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

    public object? GetGenericMethodParameter(object? genericContext, int index) => null;

    public object? GetGenericTypeParameter(object? genericContext, int index) => null;

    public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

    private object? Note(EntityHandle handle)
    {
        Types.Add(handle);
        return null;
    }
}
