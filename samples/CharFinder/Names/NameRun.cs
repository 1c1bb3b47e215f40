namespace CharFinder;

/// <summary>How the characters of a run are called.</summary>
internal enum NameRule
{
    /// <summary>Each has a name of its own.</summary>
    Own,

    /// <summary>A prefix and the code point in hexadecimal (rule NR2 of the Unicode Standard, and others like it).</summary>
    Hexadecimal,

    /// <summary>A prefix and the Latin letters of the syllable's jamo (rule NR1).</summary>
    Hangul,
}

/// <summary>Neighbouring characters whose names come from one place.</summary>
/// <param name="First">The first code point.</param>
/// <param name="Last">The last code point.</param>
/// <param name="Rule">How they are called.</param>
/// <param name="Place">The number of the prefix, or of the first character's name, among all names.</param>
internal readonly record struct NameRun(int First, int Last, NameRule Rule, int Place);
