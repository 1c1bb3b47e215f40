using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tulip;

/// <summary>What is watched only in debug mode: see <see cref="EventLoop.Debug"/>. Off, it costs a test of one static field
/// for each coroutine called and one for each pass.</summary>
internal static class DebugMode
{
    private static int s_loops;

    /// <summary>Whether loops begin in debug mode: the environment variable TULIP_DEBUG is set and neither empty nor 0.</summary>
    public static bool IsDefault { get; } = Environment.GetEnvironmentVariable("TULIP_DEBUG") is { Length: > 0 } and not "0";

    /// <summary>Whether any loop is in debug mode.</summary>
    public static bool IsActive => s_loops > 0;

    public static void Count(bool on) => Interlocked.Add(ref s_loops, on ? 1 : -1);

    /// <summary>A loop is collected that was not closed: what its engine holds of the system was never given back in order.</summary>
    public static void ReportUnclosed(EventLoop loop)
    {
        if (!loop.Debug)
            return;

        loop.Debug = false;
        loop.CallExceptionHandler(new LoopErrorContext("An event loop was never closed. Dispose of it, or call Close"));
    }

    /// <summary>Runs an item and reports it if it held the loop for too long.</summary>
    public static void RunTimed(EventLoop loop, object? item, Action<object?> run)
    {
        // The loop's clock, as in asyncio: in virtual time nothing is slow, and a test's reports are the same every time.
        var start = loop.Clock.Now;
        try
        {
            run(item);
        }
        finally
        {
            var seconds = LoopTime.ToSeconds(loop.Clock.Now - start);
            if (seconds >= loop.SlowCallbackDuration)
                loop.CallExceptionHandler(new LoopErrorContext($"Executing {Describe(item)} took {seconds:0.000} seconds"));
        }
    }

    private static string? Describe(object? item)
        => item is Delegate callback ? $"{callback.Method.DeclaringType?.Name}.{callback.Method.Name}()" : item?.ToString();
}

/// <summary>Where one method is called from. Walking the stack costs ten times as much as the call: a method that is called
/// again and again has it done for its first calls, then now and then.</summary>
internal sealed class CallPlaces
{
    private const int Always = 1024;
    private const int OneIn = 64;

    private int _calls;

    /// <summary>The place of the last call that was recorded.</summary>
    public StackTrace? Last { get; set; }

    /// <summary>Counts a call, and says whether its place is to be recorded.</summary>
    public bool CountCall()
    {
        // Not exact when several threads call at the same time, and need not be.
        var number = _calls++;
        return Last is null || (uint)number < Always || number % OneIn == 0;
    }
}

/// <summary>A coroutine that was called in debug mode. If it is collected before anybody awaits it, that is reported.</summary>
internal sealed class CallRecord
{
    private readonly string _name;
    private readonly EventLoop? _loop;
    private readonly StackTrace _calls;
    private readonly bool _isExact;

    public CallRecord(string name, CallPlaces places, EventLoop? loop)
    {
        _name = name;
        _loop = loop;
        _isExact = places.CountCall();
        if (_isExact)
        {
            // Addresses only: looking up files and lines for every call would cost a hundred times as much.
            places.Last = new StackTrace(2, fNeedFileInfo: false);
        }

        _calls = places.Last!;
    }

    ~CallRecord()
    {
        var loop = _loop;
        var context = new LoopErrorContext($"Coroutine '{_name}' was never awaited. It was called"
            + (_isExact ? "" : " where it is called often, perhaps") + DescribeCalls());
        if (loop is null)
            ErrorReport.Write(context);
        else if (!loop.IsRunning || !loop.TryPost((Action)(() => loop.CallExceptionHandler(context))))
            loop.CallExceptionHandler(context);
    }

    public void Forget() => GC.SuppressFinalize(this);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only for messages; a method that cannot be told is left out.")]
    private string DescribeCalls()
    {
        var text = new StringBuilder();
        foreach (var frame in _calls.GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || type.Assembly == typeof(CallRecord).Assembly)
                continue;

            text.AppendLine().Append($"   at {type.FullName}.{method.Name}");
            if (SourceLocations.Find(method, frame.GetILOffset()) is { } place)
                text.Append(" in ").Append(place);
        }

        return text.ToString();
    }
}
