using System.Globalization;
using Tulip;

namespace Tour;

/// <summary>What the stops work with.</summary>
/// <param name="output">Where they print; made safe for several threads.</param>
/// <param name="isVirtual">Whether time is virtual: nothing waits.</param>
internal sealed class Scene(TextWriter output, bool isVirtual)
{
    private readonly int _mainThread = Environment.CurrentManagedThreadId;
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    /// <summary>The current thread's name, as Python gives it.</summary>
    public string ThreadName => Environment.CurrentManagedThreadId == _mainThread ? "MainThread" : Thread.CurrentThread.Name ?? "a thread";

    public void Print(string line) => _output.WriteLine(line);

    /// <summary>Runs a stop's coroutine on a loop of its own.</summary>
    public void Run(Coroutine main) => Aio.Run(main, NewLoop);

    public EventLoop NewLoop() => isVirtual ? new EventLoop(new VirtualClock()) : new EventLoop();

    /// <summary>Blocks the thread, as a slow calculation or an old library does.</summary>
    public void Block(double seconds)
    {
        if (!isVirtual)
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
    }

    /// <summary>The texts' last line: how long it took by the running loop's clock.</summary>
    public void PrintTime(double start) =>
        Print($"TIME:  {(Aio.GetRunningLoop().Time - start).ToString("F2", CultureInfo.InvariantCulture)}");
}
