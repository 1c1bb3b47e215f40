using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Tulip.Extras.Tests.Introspection;

internal static partial class Texts
{
    /// <summary>Without what differs from machine to machine, and from edit to edit: folders, lines, the test class.</summary>
    public static string Plain(string text)
        => TestClass().Replace(Lines().Replace(Places().Replace(text, "File '${file}', line N"), "${file}:N"), "").ReplaceLineEndings("\n");

    public static int Line([CallerLineNumber] int line = 0) => line;

    public static string File([CallerFilePath] string file = "") => file;

    [GeneratedRegex(@"File '(.*[/\\])?(?<file>[\w.]+\.cs)', line \d+")]
    private static partial Regex Places();

    [GeneratedRegex(@"(?<file>\b[\w.]+\.cs):\d+")]
    private static partial Regex Lines();

    [GeneratedRegex(@"\b(CallGraphTests|TaskTreeTests)\.(?!cs\b)")]
    private static partial Regex TestClass();
}
