using System.Text;

namespace CharFinder;

/// <summary>Text within HTML.</summary>
internal static class Html
{
    /// <summary>Text that means itself, in content and in attributes with either quotes. Only what HTML gives a meaning is escaped:
    /// the page is in UTF-8, and its characters are what it is about.</summary>
    public static string Text(string text) => text.AsSpan().IndexOfAny("&<>\"'") < 0
        ? text
        : new StringBuilder(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#x27;").ToString();
}
