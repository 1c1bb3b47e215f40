namespace Tulip.BadExample.High;

/// <summary>Static state in each form.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class StaticState
{
    public static int Visible;
    internal static readonly string s_constant = "not a violation";
    internal static int s_allowed;
    private static readonly Dictionary<string, string> s_table = [];

    [ThreadStatic]
    private static object? s_ofThread;

    public static string Text { get; set; } = "";

    public static object? Read() => s_ofThread ?? s_table;
}
