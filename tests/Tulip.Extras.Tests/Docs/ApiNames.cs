using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tulip.Extras.Tests.Docs;

/// <summary>Finds what a name in the documentation stands for: a type, a member, an extension member, parameters.</summary>
internal static partial class ApiNames
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;
    private const string ReceiverMarker = "<Extension>$";

    private static readonly Assembly s_library = typeof(EventLoop).Assembly;

    private static readonly ILookup<string, MemberInfo> s_extensions = s_library.GetExportedTypes()
        .Where(static type => type is { IsAbstract: true, IsSealed: true })
        .SelectMany(ExtensionMembers)
        .ToLookup(static found => found.Receiver.Name, static found => found.Member);

    /// <summary>Whether the text has the form of a name, such as <c>Aio.Run(main, debug)</c> or <c>Future&lt;T&gt;</c>.</summary>
    public static bool IsName(string text) => NamePattern().IsMatch(text);

    public static bool Exists(string name)
    {
        var match = NamePattern().Match(name);
        var arity = match.Groups["arguments"].Success ? match.Groups["arguments"].Value.Split(',').Length : 0;
        var parameters = match.Groups["parameters"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries);
        if (FindType(match.Groups["type"].Value, arity) is not { } type)
            return false;

        var members = match.Groups["member"] is { Success: true, Value: var member }
            ? Members(type, member)
            : match.Groups["parameters"].Success ? type.GetConstructors() : [type];
        return members.Any(found => parameters.All(parameter => HasParameter(found, parameter)));
    }

    private static Type? FindType(string name, int arity)
    {
        var metadataName = arity == 0 ? name : $"{name}`{arity}";
        return s_library.GetType($"Tulip.{metadataName}") is { IsVisible: true } own
            ? own
            : new[] { "System", "System.Threading" }
                .SelectMany(space => new[] { typeof(object).Assembly, typeof(SemaphoreFullException).Assembly }.Select(a => a.GetType($"{space}.{metadataName}")))
                .FirstOrDefault(static found => found is { IsVisible: true });
    }

    private static IEnumerable<MemberInfo> Members(Type type, string name)
        => type.GetMember(name, Public)
            .Concat(type.GetInterfaces().SelectMany(inherited => inherited.GetMember(name, Public)))
            .Concat(s_extensions[type.Name].Where(member => member.Name == name));

    private static bool HasParameter(MemberInfo member, string parameter)
        => member is MethodBase method && method.GetParameters().Any(p => p.Name == parameter);

    // The compiler puts the members of an extension block into a nested type, and its receiver into a method of a type
    // nested in that one, which each member names.
    private static IEnumerable<(Type Receiver, MemberInfo Member)> ExtensionMembers(Type container)
        => from block in container.GetNestedTypes()
           from marker in block.GetNestedTypes()
           let receiver = marker.GetMethod(ReceiverMarker, Public)?.GetParameters()[0].ParameterType
           where receiver is not null
           from member in block.GetMembers(Public | BindingFlags.DeclaredOnly)
           where member.GetCustomAttribute<ExtensionMarkerAttribute>()?.Name == marker.Name
           select (receiver, member);

    [GeneratedRegex(@"^(?<type>[A-Z]\w*)(<(?<arguments>[^>]*)>)?(\.(?<member>[A-Z]\w*))?(\((?<parameters>[^)]*)\))?$")]
    private static partial Regex NamePattern();
}
