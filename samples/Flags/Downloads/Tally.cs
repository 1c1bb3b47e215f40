namespace Flags;

/// <summary>What a run has come to so far. Filled by one thread, in the order of completion.</summary>
internal sealed class Tally
{
    private readonly Dictionary<FlagStatus, int> _counts = [];
    private readonly Dictionary<(Cause Cause, string Message), int> _failures = [];

    public int Total => _counts.Values.Sum();

    /// <summary>Whether Ctrl-C ended the run before all flags were done.</summary>
    public bool Interrupted { get; set; }

    public int this[FlagStatus status] => _counts.GetValueOrDefault(status);

    /// <summary>Every cause of failure, with how many flags it took.</summary>
    public IEnumerable<(Cause Cause, string Message, int Count)> Failures =>
        _failures.Select(failure => (failure.Key.Cause, failure.Key.Message, failure.Value));

    public void Add(FlagResult result)
    {
        _counts[result.Status] = this[result.Status] + 1;
        if (result.Status is not FlagStatus.Ok)
            _failures[(result.Cause, result.Message)] = _failures.GetValueOrDefault((result.Cause, result.Message)) + 1;
    }

    /// <summary>How many flags failed for this cause.</summary>
    public int Failed(Cause cause) => _failures.Where(failure => failure.Key.Cause == cause).Sum(failure => failure.Value);
}
