using System.Reflection;

namespace Tulip;

/// <summary>The names of calls, as their methods were written.</summary>
internal static class FrameNames
{
    private const string LambdaWords = "lambda in ";

    /// <summary>The name of the method that the compiler made a state machine of.</summary>
    public static string OfStateMachine(Type stateMachine) => Qualify(stateMachine.DeclaringType, FrameInfo.MethodName(stateMachine));

    public static string Of(MethodBase method) => Qualify(method.DeclaringType, Written(method.Name));

    // The compiler names the method of a local function "<Outer>g__Local|0_1", that of a lambda "<Outer>b__0".
    private static string Written(string name)
    {
        var close = name.IndexOf('>');
        if (!name.StartsWith('<') || close < 0)
            return name;

        var local = name.IndexOf("g__", close, StringComparison.Ordinal);
        if (local < 0)
            return name[close..].StartsWith(">b__", StringComparison.Ordinal) ? LambdaWords + name[1..close] : name[1..close];

        var end = name.IndexOf('|', local);
        return end < 0 ? name : name[(local + 3)..end];
    }

    private static string Qualify(Type? type, string method)
    {
        // What lambdas and local functions capture is kept in types of the compiler's.
        while (type is not null && type.Name.StartsWith('<'))
            type = type.DeclaringType;
        if (type is null)
            return method;

        var isLambda = method.StartsWith(LambdaWords, StringComparison.Ordinal);
        return isLambda
            ? $"{LambdaWords}{NameOf(type)}.{method[LambdaWords.Length..]}"
            : $"{NameOf(type)}.{method}";
    }

    private static string NameOf(Type type)
    {
        var tick = type.Name.IndexOf('`');
        var name = tick < 0 ? type.Name : type.Name[..tick];
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }
}
