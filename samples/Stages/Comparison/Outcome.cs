namespace Stages;

/// <summary>What became of one run, seen from outside.</summary>
/// <param name="Result">What the caller was given; null if nothing.</param>
/// <param name="Thrown">What was thrown to the caller; null if nothing.</param>
/// <param name="Reports">What the code of the stages itself could say.</param>
/// <param name="LoopHeard">Failures that nobody caught: the loop's exception handler had them.</param>
/// <param name="Elapsed">Until the caller knew, or gave up, in seconds of the loop's clock.</param>
internal sealed record Outcome(
    string? Result,
    Exception? Thrown,
    IReadOnlyList<FailureReport> Reports,
    IReadOnlyList<Exception> LoopHeard,
    double Elapsed)
{
    /// <summary>Whether the caller gave up waiting: nobody told it anything.</summary>
    public bool GaveUp => Result is null && Thrown is null;

    public Exception? Failure => Thrown ?? LoopHeard.FirstOrDefault();
}
