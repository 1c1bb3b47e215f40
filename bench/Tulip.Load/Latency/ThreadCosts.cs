using System.Runtime.InteropServices;

namespace Tulip.Load.Latency;

/// <summary>What the system takes: a call, a change of threads, a new thread.</summary>
internal static class ThreadCosts
{
    public static IEnumerable<Latency> Measure()
    {
        yield return SystemCall();
        yield return HandOver();
        yield return Latency.Of("thread_start_join", "a thread: made, run, joined", Timings.Of(300, 1, _ => StartAndJoin()));
    }

    private static Latency SystemCall()
    {
        const string Name = "system_call";
        const string What = "a system call (getppid)";
        if (OperatingSystem.IsWindows())
            return Latency.Missing(Name, What, "there is none of that name on Windows");

        return Latency.Of(Name, What, Timings.Of(500, 200, count =>
        {
            for (; count > 0; count--)
                _ = ParentProcess();
        }));
    }

    private static Latency HandOver()
    {
        const int Operations = 20;
        using var baton = new Baton();
        var timings = Timings.Of(500, Operations, count =>
        {
            // There and back again.
            for (; count > 0; count -= 2)
                baton.PassAndWait();
        });
        return Latency.Of("thread_hand_over", "a change of threads (Monitor.Pulse, Monitor.Wait)", timings);
    }

    private static void StartAndJoin()
    {
        var thread = new Thread(static () => { });
        thread.Start();
        thread.Join();
    }

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int ParentProcess();

    /// <summary>A turn that two threads have in turns: whoever has it works, the other waits.</summary>
    private sealed class Baton : IDisposable
    {
        private readonly object _gate = new();
        private readonly Thread _other;
        private bool _isAway;
        private bool _ends;

        public Baton()
        {
            _other = new Thread(PassBack) { IsBackground = true };
            _other.Start();
        }

        public void PassAndWait()
        {
            lock (_gate)
            {
                _isAway = true;
                Monitor.Pulse(_gate);
                while (_isAway)
                    Monitor.Wait(_gate);
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _ends = true;
                Monitor.Pulse(_gate);
            }

            _other.Join();
        }

        private void PassBack()
        {
            lock (_gate)
            {
                while (!_ends)
                {
                    if (_isAway)
                    {
                        _isAway = false;
                        Monitor.Pulse(_gate);
                    }
                    else
                    {
                        Monitor.Wait(_gate);
                    }
                }
            }
        }
    }
}
