using System.Text;

namespace CharFinder;

/// <summary>A character and its name.</summary>
/// <param name="Code">The code point.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct FoundChar(int Code, string Name)
{
    /// <summary>The code point as people write it: <c>U+0041</c>.</summary>
    public string CodeText => $"U+{Code:X4}";

    /// <summary>The character itself.</summary>
    public string Text => new Rune(Code).ToString();
}
