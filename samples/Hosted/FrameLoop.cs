using System.Collections.Concurrent;
using Tulip;

namespace Hosts;

/// <summary>A game's loop: sixty times a second it does what it was asked to, draws, and waits for the next frame.</summary>
internal sealed class FrameLoop(TimeProvider time, Action<TimeSpan> wait) : ILoopHost
{
    /// <summary>So many calls at most come in one frame: each of Tulip's is 2 ms at most.</summary>
    private const int CallsPerFrame = 4;

    private readonly ConcurrentQueue<Action> _calls = new();

    public static TimeSpan FrameTime { get; } = TimeSpan.FromSeconds(1) / 60;

    public int Count { get; private set; }

    public void Post(Action callback) => _calls.Enqueue(callback);

    /// <summary>Plays until drawing says that it is over; the longest that a frame took.</summary>
    public TimeSpan Play(Func<int, bool> draw)
    {
        var start = time.GetTimestamp();
        var longest = TimeSpan.Zero;
        var goesOn = true;
        while (goesOn)
        {
            var began = time.GetElapsedTime(start);
            for (var left = CallsPerFrame; left > 0 && _calls.TryDequeue(out var call); left--)
                call();
            goesOn = draw(Count++);
            var rest = began + FrameTime - time.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
                wait(rest);
            var took = time.GetElapsedTime(start) - began;
            longest = took > longest ? took : longest;
        }

        return longest;
    }
}
