using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CharFinder;

/// <summary>Text as Python's <c>repr</c> shows it.</summary>
internal static class PythonText
{
    /// <summary>A string in quotes: single ones, or double ones if it has single but no double ones in it. What cannot be
    /// printed is escaped.</summary>
    public static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (var position = 0; position < text.Length; position++)
        {
            if (!Rune.TryGetRuneAt(text, position, out var rune))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[position]:x4}");
                continue;
            }

            position += rune.Utf16SequenceLength - 1;
            Append(quoted, rune, quote);
        }

        return quoted.Append(quote).ToString();
    }

    /// <summary>An address as Python's sockets name it: <c>('127.0.0.1', 2323)</c>.</summary>
    public static string Address(EndPoint? address) => address switch
    {
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } six
            => $"({Quote(six.Address.ToString())}, {six.Port}, 0, {six.Address.ScopeId})",
        IPEndPoint four => $"({Quote(four.Address.ToString())}, {four.Port})",
        null => "None",
        _ => Quote(address.ToString()!),
    };

    /// <summary>Without the white space at both ends, which for Python includes the four separators among the controls.</summary>
    public static string Strip(string text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsSpace(text[start]))
            start++;
        while (end > start && IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    }

    private static bool IsSpace(char letter) => char.IsWhiteSpace(letter) || letter is >= '\x1c' and <= '\x1f';

    private static void Append(StringBuilder quoted, Rune rune, char quote)
    {
        _ = rune.Value switch
        {
            '\\' => quoted.Append(@"\\"),
            '\n' => quoted.Append(@"\n"),
            '\r' => quoted.Append(@"\r"),
            '\t' => quoted.Append(@"\t"),
            var letter when letter == quote => quoted.Append('\\').Append(quote),
            _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
            < 0x100 => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
            < 0x10000 => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
            _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
        };
    }

    private static bool IsPrintable(Rune rune) => rune.Value is ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.SpaceSeparator);
}
