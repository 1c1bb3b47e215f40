// ChildPipes: the pipes of a child process that is being started.
// Thread: the loop's.  Owns: both ends of each, until our ends are taken and the child has its own.
using Microsoft.Win32.SafeHandles;
using Tulip.Engines.Linux;

namespace Tulip;

internal sealed class ChildPipes : IDisposable
{
    private readonly SafeFileHandle?[] _ours = new SafeFileHandle?[3];
    private readonly List<SafeFileHandle> _childs = [];

    /// <summary>Starts a program; our ends stay here to be taken.</summary>
    public ChildProcess Start(string program, IReadOnlyList<string> arguments, SubprocessOptions options)
    {
        if (options.Stdin.Kind == ProcessStreamKind.SameAsOutput || options.Stdout.Kind == ProcessStreamKind.SameAsOutput)
            throw new ArgumentException("Only the standard error can be the same as the output.", nameof(options));

        try
        {
            return ChildProcess.Start(new ChildProcessRequest
            {
                Program = program,
                Arguments = arguments,
                Environment = options.Environment,
                WorkingDirectory = options.WorkingDirectory,
                StandardInput = StreamOf(options.Stdin, 0),
                StandardOutput = StreamOf(options.Stdout, 1),
                StandardError = StreamOf(options.Stderr, 2),
                StartNewSession = options.StartNewSession,
                ProcessGroup = options.ProcessGroup,
            });
        }
        finally
        {
            foreach (var end in _childs)
                end.Dispose();
        }
    }

    /// <summary>Our end of a pipe, the taker's from now on; null if there is none.</summary>
    public SafeFileHandle? Take(int descriptor)
    {
        var end = _ours[descriptor];
        _ours[descriptor] = null;
        return end;
    }

    public void Dispose()
    {
        foreach (var end in _ours)
            end?.Dispose();
    }

    private ChildStream StreamOf(ProcessStream stream, int descriptor)
    {
        switch (stream.Kind)
        {
            case ProcessStreamKind.Pipe:
                var (read, write) = AnonymousPipe.Create();
                var childs = descriptor == 0 ? read : write;
                _ours[descriptor] = descriptor == 0 ? write : read;
                _childs.Add(childs);
                return ChildStream.From(childs);
            case ProcessStreamKind.Null:
                return ChildStream.Null;
            case ProcessStreamKind.SameAsOutput:
                return ChildStream.SameAsOutput;
            case ProcessStreamKind.Handle:
                return ChildStream.From(stream.Handle!);
            default:
                return ChildStream.Inherit;
        }
    }
}
