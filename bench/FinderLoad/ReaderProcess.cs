using System.Diagnostics;

namespace FinderLoad;

/// <summary>A client that streams all of 'cjk' without end, in a process of its own: see <see cref="PlainReader"/>.</summary>
internal sealed class ReaderProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task _counting;
    private int _count;

    private ReaderProcess(Process process)
    {
        _process = process;
        _counting = Count();
    }

    /// <summary>How many times it has had the whole result.</summary>
    public int Streamed => Volatile.Read(ref _count);

    /// <summary>Starts it; it has had the result once when this returns.</summary>
    public static async Task<ReaderProcess> Start(int port, int? processor)
    {
        var start = Processors.Start(Environment.ProcessPath!, [PlainReader.Name, $"{port}"], processor);
        start.RedirectStandardOutput = true;
        var process = Process.Start(start)!;
        _ = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The reading client has ended.");
        return new ReaderProcess(process);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _counting.Wait();
        _process.Dispose();
    }

    private async Task Count()
    {
        while (await _process.StandardOutput.ReadLineAsync() is not null)
            Interlocked.Increment(ref _count);
    }
}
