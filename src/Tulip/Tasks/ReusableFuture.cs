namespace Tulip;

/// <summary>A future that one task at a time awaits, again and again, so that nothing is allocated for a wait.</summary>
/// <remarks>Only its owner and the awaiting task know it: nobody can ask an old wait for its outcome.</remarks>
internal sealed class ReusableFuture(EventLoop loop) : Future<Unit>(loop)
{
    /// <summary>Makes it pending again if it has a result. Only for the task that awaited it, when it goes on.</summary>
    /// <returns>False if it failed or was cancelled: then it is not used again.</returns>
    public bool TryReset()
    {
        if (!Done || (_flags & FutureFlags.Unsuccessful) != 0)
            return false;

        _flags = FutureFlags.Pending;
        return true;
    }
}
