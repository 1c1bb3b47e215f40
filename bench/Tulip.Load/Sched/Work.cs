namespace Tulip.Load.Sched;

/// <summary>Dividing the work, and seeing that it was done.</summary>
internal static class Work
{
    /// <summary>What each of several workers does, as even as it gets; fewer workers if there is less to do.</summary>
    public static long[] Divide(long n, int workers)
    {
        var shares = new long[Math.Min(n, workers)];
        for (var i = 0; i < shares.Length; i++)
            shares[i] = n / shares.Length + (i < n % shares.Length ? 1 : 0);
        return shares;
    }

    /// <summary>A benchmark that lost work would look fast.</summary>
    public static void Check(long actual, long expected)
    {
        if (actual != expected)
            throw new InvalidOperationException($"The work was not done: {actual} instead of {expected}.");
    }
}
