namespace CharFinder;

/// <summary>Results in words, for the command line and for servers.</summary>
internal static class ResultText
{
    private const int RuleWidth = 66;

    /// <summary>A character's line: <c>U+2656 \t♖\tWHITE CHESS ROOK</c>, the code point at least seven letters wide.</summary>
    public static string Line(FoundChar found) => $"{found.CodeText,-7}\t{found.Text}\t{found.Name}";

    /// <summary>The line after the results: <c>6 matches for 'chess black'</c>, <c>1 match for 'registered'</c>,
    /// <c>No match for 'qwerty'</c>.</summary>
    public static string Status(SearchResult result)
    {
        var matches = result.Count switch { 0 => "No match", 1 => "1 match", _ => $"{result.Count} matches" };
        return $"{matches} for {PythonText.Quote(result.Query)}";
    }

    /// <summary>A character's line in mojifinder's style: <c>U+265A\t♚\tBLACK CHESS KING</c>.</summary>
    public static string PlainLine(FoundChar found) => $"{found.CodeText}\t{found.Text}\t{found.Name}";

    /// <summary>The line after the results in mojifinder's style: a rule and <c>6 found</c>.</summary>
    public static string Rule(SearchResult result) => $"{new string('─', RuleWidth)} {result.Count} found";
}
