using System.Diagnostics;
using System.Runtime.InteropServices;
using Tulip.Extras.Tests.Support;

namespace Tulip.Extras.Tests.Running;

/// <summary>Signals with an effect on the whole process, sent to a program of its own.</summary>
public sealed class SignalProgramTests
{
    private const int KilledBySignal = 128;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Sigint_WithAHandler_DoesNotCancelTheMainTask()
    {
        using var program = new Program("handle", PosixSignal.SIGINT);
        await program.Reads("ready");
        program.Send();
        await program.Reads("handled");
        await program.Ends(0);
    }

    [Fact]
    public async Task Sigint_HandlerRemoved_CancelsTheMainTaskAgain()
    {
        using var program = new Program("handle-then-remove", PosixSignal.SIGINT);
        await program.Reads("ready");
        program.Send();
        await program.Reads("handled");
        await program.Reads("ready");
        program.Send();
        await program.Reads("interrupted");
        await program.Ends(130);
    }

    [Fact]
    public async Task Sigterm_WithAHandler_DoesNotEndTheProcess()
    {
        using var program = new Program("handle", PosixSignal.SIGTERM);
        await program.Reads("ready");
        program.Send();
        await program.Reads("handled");
        await program.Ends(0);
    }

    [Fact]
    public async Task Sigterm_HandlerRemoved_EndsTheProcessAgain()
    {
        using var program = new Program("remove", PosixSignal.SIGTERM);
        await program.Reads("ready");
        program.Send();
        await program.Ends(KilledBySignal + 15);
    }

    private sealed class Program : IDisposable
    {
        // A test run that was itself started in the background has Ctrl-C ignored, and hands that down.
        private const string WithUsualSignals =
            "env --default-signal=INT true 2>/dev/null && exec env --default-signal=INT \"$0\" \"$@\"; exec \"$0\" \"$@\"";

        private readonly CancellationTokenSource _patience = new(s_patience);
        private readonly Process _process;
        private readonly PosixSignal _signal;

        public Program(string mode, PosixSignal signal)
        {
            Signals.SkipWhereMissing();
            _signal = signal;
            var path = Path.Combine(AppContext.BaseDirectory, "Tulip.SignalProgram");
            _process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", WithUsualSignals, path, mode, $"{signal}"])
            {
                RedirectStandardOutput = true,
            })!;

            // A read of a pipe cannot be cancelled, but it ends with the program.
            _patience.Token.Register(() => _process.Kill());
        }

        public void Send() => Signals.Send(_process.Id, _signal);

        public async Task Reads(string line) => Assert.Equal(line, await _process.StandardOutput.ReadLineAsync());

        public async Task Ends(int exitCode)
        {
            Assert.Equal("", await _process.StandardOutput.ReadToEndAsync());
            await _process.WaitForExitAsync();
            Assert.Equal(exitCode, _process.ExitCode);
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
            _process.Dispose();
            _patience.Dispose();
        }
    }
}
