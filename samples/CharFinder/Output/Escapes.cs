namespace CharFinder;

/// <summary>How a character is written where it cannot stand itself.</summary>
internal static class Escapes
{
    /// <summary>In HTML: <c>&amp;#x2656;</c>.</summary>
    public static string Html(int code) => $"&#x{code:X};";

    /// <summary>In a C# string: <c>\u2656</c>, or <c>\U0001F600</c> where four digits do not do.</summary>
    public static string CSharp(int code) => code < 0x10000 ? $"\\u{code:X4}" : $"\\U{code:X8}";
}
