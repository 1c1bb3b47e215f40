// WorkerFunction: a function named so that another process of the same program finds it: a type, and a method by its
// number in the very module that was built. Both sides use it.
//   1. What is described here needs no object: a static method, or a lambda that captures nothing.
//   2. A module that was built again has another id, and is refused.
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>A function's name across processes.</summary>
[RequiresUnreferencedCode(ProcessPoolExecutor.NeedsReflection)]
[RequiresDynamicCode(ProcessPoolExecutor.NeedsReflection)]
internal sealed record WorkerFunction(string Type, Guid Module, int Token, string TypeArguments, string Location, string Display)
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const char Separator = '\n';

    /// <summary>The name of what the delegate calls.</summary>
    /// <exception cref="ArgumentException">It cannot be called in another process.</exception>
    public static WorkerFunction Describe(Delegate function, string parameterName)
    {
        var method = function.Method;
        if (Problem(function, method) is { } problem)
            throw new ArgumentException($"{Name(method)} cannot run in a worker process: {problem}", parameterName);

        var type = method.DeclaringType!;
        var typeArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        return new WorkerFunction(
            type.AssemblyQualifiedName!,
            method.Module.ModuleVersionId,
            method.MetadataToken,
            string.Join(Separator, typeArguments.Select(static argument => argument.AssemblyQualifiedName)),
            LocationOf(type.Assembly),
            Name(method));
    }

    /// <summary>Finds the method in this process, and the object that a lambda is called on.</summary>
    public (MethodInfo Method, object? Target) Resolve()
    {
        WorkerAssemblies.Add(Location);
        var type = FindType(Type);
        if (type.Module.ModuleVersionId != Module)
        {
            throw new InvalidOperationException(
                $"{Display} cannot run in this worker: {type.Assembly.GetName().Name} was built again since the program was started. Start the program again.");
        }

        var method = type.GetMethods(Any).FirstOrDefault(candidate => candidate.MetadataToken == Token)
            ?? throw new MissingMethodException(type.FullName, Display);
        if (TypeArguments.Length > 0)
            method = method.MakeGenericMethod([.. TypeArguments.Split(Separator).Select(FindType)]);

        return (method, method.IsStatic ? null : RuntimeHelpers.GetUninitializedObject(method.DeclaringType!));
    }

    public static Type FindType(string name)
        => System.Type.GetType(name, static assembly => Assembly.Load(assembly), typeResolver: null, throwOnError: true)!;

    private static string Name(MethodInfo method) => method.DeclaringType is { } type ? $"{type.FullName}.{method.Name}" : method.Name;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An assembly inside the program's file is found by its name.")]
    private static string LocationOf(Assembly assembly) => assembly.Location;

    private static string? Problem(Delegate function, MethodInfo method)
    {
        if (!function.HasSingleTarget)
            return "it is several functions in one delegate.";
        if (method.DeclaringType is not { } type || type.Assembly.IsDynamic)
            return "it was made at run time, and is in no assembly that a worker could load.";
        if (IsAwaitable(method.ReturnType))
            return $"it returns {method.ReturnType.Name}, which would end there before its work is done. Give a function that blocks.";
        if (method.IsStatic)
            return function.Target is null ? null : "it is bound to its first argument. Give that as an argument of the job.";

        // A lambda is an instance method of a class that the compiler makes; what it captures are that class's fields.
        if (!type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            return $"it is an instance method, and its {type.Name} is in this process. Give a static method, and what it needs as arguments.";

        var captured = Captured(type).ToArray();
        return captured.Length == 0
            ? null
            : $"it uses what the method around it has (captured there: {string.Join(", ", captured)}). Give that as an argument of the job.";
    }

    /// <summary>The variables in a class for captured ones, and in those of the blocks around; not the compiler's own.
    /// All lambdas of a block share one class, so some may be another lambda's.</summary>
    private static IEnumerable<string> Captured(Type closure)
    {
        foreach (var field in closure.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (field.Name.StartsWith("CS$<>8__locals", StringComparison.Ordinal))
            {
                foreach (var name in Captured(field.FieldType))
                    yield return name;
            }
            else if (field.Name.EndsWith("__this", StringComparison.Ordinal))
            {
                yield return "'this'";
            }
            else if (!field.Name.StartsWith("<>9", StringComparison.Ordinal))
            {
                yield return $"'{field.Name}'";
            }
        }
    }

    private static bool IsAwaitable(Type type) => type.GetMethod(nameof(Task.GetAwaiter), System.Type.EmptyTypes) is not null;
}
