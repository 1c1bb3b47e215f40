using Tulip.Engines;

namespace Tulip.Tests.FileSystem;

/// <summary>Tests that are run for each way in which files are read and written: the same must come of all.</summary>
public abstract class FileSuite : TestDirectory
{
    private readonly string _engine;
    private readonly FileWays _ways;

    private protected FileSuite(string engine, FileWays ways)
    {
        _engine = engine;
        _ways = ways;
    }

    /// <summary>Runs a test's body; skipped where the engine, or what the way needs of it, does not work.</summary>
    protected void Run(Func<Coroutine> body)
    {
        LoopTest.Run(Create(), async () =>
        {
            var files = LoopFiles.OfRunning();
            files.Ways = _ways;
            if (_ways == FileWays.Completions && !files.Completes)
                Assert.Skip("io_uring does not work here, and with it no files by completions.");
            await body();
        });
    }

    private IIoEngine Create()
    {
        try
        {
            return EngineSelector.Create(_engine);
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
