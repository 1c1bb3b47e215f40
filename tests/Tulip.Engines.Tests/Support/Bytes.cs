namespace Tulip.Engines.Tests;

internal static class Bytes
{
    /// <summary>Bytes that are different everywhere, so that lost, doubled and misplaced ones show.</summary>
    public static byte[] Random(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
