using System.Reflection.Metadata;

namespace Tulip.Architecture.Tests.Reading;

/// <summary>Names for messages and for the lists of the rules.</summary>
internal static class Names
{
    /// <summary>Namespace and name; nested types after a dot, without the marks of generic types.</summary>
    public static string FullName(this MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name).Split('`')[0];
        var around = type.GetDeclaringType();
        if (!around.IsNil)
            return metadata.FullName(around) + "." + name;
        return type.Namespace.IsNil ? name : metadata.GetString(type.Namespace) + "." + name;
    }

    public static string FullName(this MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name).Split('`')[0];
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return metadata.FullName((TypeReferenceHandle)type.ResolutionScope) + "." + name;
        return type.Namespace.IsNil ? name : metadata.GetString(type.Namespace) + "." + name;
    }

    public static string FullName(this MetadataReader metadata, MethodDefinitionHandle handle)
    {
        var method = metadata.GetMethodDefinition(handle);
        return metadata.FullName(method.GetDeclaringType()) + "." + metadata.GetString(method.Name);
    }

    /// <summary>The name of the assembly that a referenced type is in.</summary>
    public static string AssemblyOf(this MetadataReader metadata, TypeReferenceHandle handle)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => metadata.AssemblyOf((TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            _ => "",
        };
    }

    /// <summary>Whether the compiler made the type up, for a lambda, a state machine or the like.</summary>
    public static bool IsMadeUp(this MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return metadata.GetString(type.Name).StartsWith('<')
            || (!type.GetDeclaringType().IsNil && metadata.IsMadeUp(type.GetDeclaringType()));
    }

    /// <summary>Whether an entity carries an attribute of this full name.</summary>
    public static bool HasAttribute(this MetadataReader metadata, CustomAttributeHandleCollection attributes, string fullName)
        => attributes.Any(handle => metadata.AttributeName(metadata.GetCustomAttribute(handle)) == fullName);

    private static string AttributeName(this MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind == HandleKind.MethodDefinition)
            return metadata.FullName(metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType());

        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        return parent.Kind == HandleKind.TypeReference ? metadata.FullName((TypeReferenceHandle)parent) : "";
    }
}
