namespace CharFinder;

/// <summary>The Latin letters that name the 11,172 Hangul syllables: those of their jamo, by arithmetic (rule NR1).</summary>
internal static class HangulSyllable
{
    private const int First = 0xAC00;

    private static readonly string[] s_leads =
        ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"];

    private static readonly string[] s_vowels =
        ["A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"];

    private static readonly string[] s_trails =
    [
        "", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S", "SS", "NG", "J",
        "C", "K", "T", "P", "H",
    ];

    /// <summary>Writes the letters of a syllable and returns how many there are, 7 at most.</summary>
    public static int Write(int code, Span<char> letters)
    {
        var (rest, trail) = Math.DivRem(code - First, s_trails.Length);
        var (lead, vowel) = Math.DivRem(rest, s_vowels.Length);

        var length = 0;
        foreach (var jamo in (ReadOnlySpan<string>)[s_leads[lead], s_vowels[vowel], s_trails[trail]])
        {
            jamo.CopyTo(letters[length..]);
            length += jamo.Length;
        }

        return length;
    }
}
