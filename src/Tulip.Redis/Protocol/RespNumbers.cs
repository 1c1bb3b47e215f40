using System.Buffers.Text;

namespace Tulip.Redis;

/// <summary>Numbers as the protocol writes them: all of the text, or none.</summary>
internal static class RespNumbers
{
    public static bool TryInteger(ReadOnlySpan<byte> text, out long number)
        => Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && used > 0;

    /// <summary>Also <c>inf</c>, <c>-inf</c> and <c>nan</c>.</summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double number)
    {
        if (Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && used > 0)
            return true;

        (var known, number) = text switch
        {
            _ when text.SequenceEqual("inf"u8) || text.SequenceEqual("+inf"u8) => (true, double.PositiveInfinity),
            _ when text.SequenceEqual("-inf"u8) => (true, double.NegativeInfinity),
            _ when text.SequenceEqual("nan"u8) || text.SequenceEqual("-nan"u8) => (true, double.NaN),
            _ => (false, 0),
        };
        return known;
    }
}
