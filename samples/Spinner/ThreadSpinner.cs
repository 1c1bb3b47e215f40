namespace Spinners;

/// <summary>A thread spins while the main thread waits. An event tells it to stop: a thread cannot be cancelled.</summary>
internal static class ThreadSpinner
{
    public static int Supervise(TextWriter output, Pace pace)
    {
        using var done = new ManualResetEventSlim();
        var spinner = new Thread(() => Spin(new SpinLine(output, "thinking!"), done, pace)) { Name = "spinner" };
        output.WriteLine($"spinner object: <Thread({spinner.Name}, initial)>");

        spinner.Start();
        var result = SlowFunction(pace);
        done.Set();
        spinner.Join();
        return result;
    }

    /// <summary>Spins until told to stop; the process version runs it in a process of its own.</summary>
    public static void Spin(SpinLine line, ManualResetEventSlim done, Pace pace)
    {
        do
        {
            line.Draw();
        }
        while (!done.Wait(pace.Frame));
        line.Erase();
    }

    /// <summary>Pretends to wait for something far away.</summary>
    public static int SlowFunction(Pace pace)
    {
        Thread.Sleep(pace.Slow);
        return 42;
    }
}
