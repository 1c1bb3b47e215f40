using System.Globalization;
using System.Text;

namespace CharFinder;

/// <summary>The words of a query.</summary>
internal static class Words
{
    /// <summary>A query's words in upper case, each once: runs of letters, numbers and underscores between anything else
    /// (<c>\w+</c> in Python).</summary>
    public static IReadOnlyCollection<string> Of(string query)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var start = 0;
        var position = 0;
        foreach (var rune in query.EnumerateRunes())
        {
            if (!IsOfWord(rune))
            {
                Add(query.AsSpan(start..position));
                start = position + rune.Utf16SequenceLength;
            }

            position += rune.Utf16SequenceLength;
        }

        Add(query.AsSpan(start));
        return words;

        void Add(ReadOnlySpan<char> word)
        {
            if (!word.IsEmpty)
                words.Add(word.ToString().ToUpperInvariant());
        }
    }

    private static bool IsOfWord(Rune rune) => rune.Value is '_' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
