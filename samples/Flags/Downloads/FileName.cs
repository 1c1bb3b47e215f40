namespace Flags;

/// <summary>The names flags are saved under.</summary>
internal static class FileName
{
    // Not Path.GetInvalidFileNameChars: a file must have the same name on every system.
    private const string Unsafe = "/\\:*?\"<>|";

    public static string Of(string code) => $"{code.ToLowerInvariant()}.gif";

    /// <summary>The country's name with underscores, and its code: <c>United_States-US.gif</c>.</summary>
    public static string Of(string country, string code)
    {
        var safe = string.Concat(country.Select(c => c is ' ' ? '_' : char.IsControl(c) || Unsafe.Contains(c) ? '-' : c));
        return $"{safe}-{code}.gif";
    }
}
