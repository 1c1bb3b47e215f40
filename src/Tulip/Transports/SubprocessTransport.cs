using System.Runtime.InteropServices;

namespace Tulip;

/// <summary>A child process, as its owner sees it (<c>asyncio.SubprocessTransport</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public abstract class SubprocessTransport : BaseTransport
{
    /// <summary>The name under which <see cref="BaseTransport.GetExtraInfo"/> gives the process as a
    /// <see cref="System.Diagnostics.Process"/>, to ask, not to wait for; null once it has ended (<c>subprocess</c>).</summary>
    public const string SubprocessName = "subprocess";

    /// <summary>The process' number (<c>get_pid</c>). Once the process has ended it may be another's.</summary>
    public abstract int GetPid();

    /// <summary>The exit code (<c>get_returncode</c>); null while the process runs.</summary>
    /// <returns>If a signal ended the process: that signal's number, negated. 255 if something else in this program has
    /// collected the process, so that its code is not known.</returns>
    public abstract int? GetReturnCode();

    /// <summary>The transport of a pipe (<c>get_pipe_transport</c>).</summary>
    /// <param name="descriptor">0 for the process' standard input, 1 for its standard output, 2 for its standard error.</param>
    /// <returns>Null if that stream is no pipe.</returns>
    public abstract Transport? GetPipeTransport(int descriptor);

    /// <summary>Sends the process a signal (<c>send_signal</c>). Does nothing if it has ended: no other process is ever meant.</summary>
    /// <param name="signal">The signal; those without a name by their number, such as <c>(PosixSignal)10</c>.</param>
    /// <exception cref="UnauthorizedAccessException">The process runs as another user by now.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has no such signal.</exception>
    public abstract void SendSignal(PosixSignal signal);

    /// <summary>Asks the process to end, by SIGTERM (<c>terminate</c>).</summary>
    public void Terminate() => SendSignal(PosixSignal.SIGTERM);

    /// <summary>Ends the process at once, by SIGKILL (<c>kill</c>).</summary>
    public void Kill() => SendSignal((PosixSignal)ProcessSignals.Kill);
}
