using System.Runtime.CompilerServices;

namespace Tulip;

/// <summary>What a frame is a call of: the method's name and, where its symbols are at hand, its place in the source.</summary>
internal sealed class FrameInfo
{
    private readonly Type? _stateMachine;
    private string? _name;

    public FrameInfo(string name) => _name = name;

    private FrameInfo(Type stateMachine) => _stateMachine = stateMachine;

    /// <summary>In debug mode, where the method is called.</summary>
    public CallPlaces Places { get; } = new();

    public static FrameInfo Sleep { get; } = new("Sleep");

    /// <summary>The method's name as written, without its type.</summary>
    public string Name => _name ??= MethodName(_stateMachine!);

    /// <summary>The type the compiler made of the method; null for what is not compiled from one.</summary>
    public Type? StateMachine => _stateMachine;

    /// <summary>One per state machine, kept by its type.</summary>
    public static class Of<TStateMachine> where TStateMachine : IAsyncStateMachine
    {
        public static readonly FrameInfo Instance = new(typeof(TStateMachine));
    }

    /// <summary>Name and place of a call, for example <c>Spin() running at Spinner.cs:12</c>.</summary>
    public string Describe(CoroutineFrame frame) => $"{Name}()" + At(" running at ", frame.StateNumber());

    /// <summary>Name and place of a method whose call is over.</summary>
    public string DescribeDone() => $"{Name}() done" + At(", defined at ", -1);

    private string At(string words, int state)
        => _stateMachine is not null && SourceLocations.Find(_stateMachine, state) is { } place ? words + place : "";

    // The compiler names the type of a method's state machine "<Method>d__3", that of a local function or lambda
    // "<<Outer>g__Local|0_1>d" or "<<Outer>b__0>d". Of Tulip's own local functions nobody knows but Tulip: there the method around it is named.
    internal static string MethodName(Type type)
    {
        var name = type.Name;
        var outer = name.StartsWith("<<", StringComparison.Ordinal) ? name[2..Math.Max(2, name.IndexOf('>'))] : "";
        var local = name.IndexOf("g__", StringComparison.Ordinal);
        if (local >= 0)
        {
            if (outer.Length > 0 && type.Assembly == typeof(FrameInfo).Assembly)
                return outer;
            var end = name.IndexOf('|', local);
            return end < 0 ? name : name[(local + 3)..end];
        }

        if (name.StartsWith("<<", StringComparison.Ordinal))
            return outer.Length > 0 && outer[0] != '<' ? $"lambda in {outer}" : "lambda";

        var close = name.IndexOf('>');
        return name.StartsWith('<') && close > 1 ? name[1..close] : name;
    }
}
