// Tally: what the visits of a run came to.
// Thread: the loop's.
namespace Tulip.Soak;

internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _outcomes = new(StringComparer.Ordinal);

    public long Visits { get; private set; }

    /// <summary>Bytes that came back and were the right ones.</summary>
    public long Bytes { get; set; }

    public void Count(string outcome)
    {
        Visits++;
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
    }

    public override string ToString()
        => $"{Visits:N0} visits, {Bytes / 1024 / 1024:N0} MiB ({string.Join(", ", _outcomes.Select(static pair => $"{pair.Key} {pair.Value}"))})";
}
