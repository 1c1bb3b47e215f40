namespace Taxis;

/// <summary>Real time, for a simulation that is watched.</summary>
/// <param name="minute">How long a minute of the simulation lasts, in seconds.</param>
/// <param name="time">Where it is read.</param>
internal sealed class WatchersPace(double minute, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Ends when this minute of the simulation has come.</summary>
    public Task Until(int minutes)
    {
        var left = TimeSpan.FromSeconds(minutes * minute) - time.GetElapsedTime(_start);
        return left > TimeSpan.Zero ? Task.Delay(left, time) : Task.CompletedTask;
    }
}
