namespace Flags;

/// <summary>How one code's download ended.</summary>
/// <param name="Code">The country's code, in capitals.</param>
/// <param name="Status">What it is counted as.</param>
/// <param name="Cause">Where the failure comes from, when there is one.</param>
/// <param name="Message">The failure in one line; empty when there is none.</param>
internal sealed record FlagResult(string Code, FlagStatus Status, Cause Cause = Cause.Answer, string Message = "")
{
    public static FlagResult Ok(string code) => new(code, FlagStatus.Ok);

    public static FlagResult Of(string code, FlagException failure) =>
        new(code, failure.Status, failure.Cause, failure.Message);
}
