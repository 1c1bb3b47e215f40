namespace Tulip.Engines;

/// <summary>An engine whose events happen in virtual time: the loop's virtual clock moves on to them.</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public interface ISimulatedTime
{
    /// <summary>When something happens next by itself, in nanoseconds of the loop's clock; a time that has come if
    /// completions can be collected now.</summary>
    /// <returns>False if nothing ever will, unless something new is submitted.</returns>
    bool TryPeekDue(out long when);

    /// <summary>The loop's clock shows this time from now on; what is due by then happens.</summary>
    void MoveTo(long now);
}
