namespace Tulip.AspNetCore;

/// <summary>Names for connections, in the form that Kestrel's have: thirteen digits of base 32, in ascending order.</summary>
internal static class ConnectionIds
{
    private const int Length = 13;
    private const int BitsPerDigit = 5;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    // From a time, so that those of a program that was started again differ.
    private static long s_last = DateTime.UtcNow.Ticks;

    public static string Next() => string.Create(Length, Interlocked.Increment(ref s_last), static (text, number) =>
    {
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(number & ((1 << BitsPerDigit) - 1))];
            number >>= BitsPerDigit;
        }
    });
}
