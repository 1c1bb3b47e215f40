using System.ComponentModel;
using Tulip.Engines.Epoll;
using Tulip.Engines.Linux;

namespace Tulip.Engines.Tests.Processes;

public sealed class ChildProcessTests
{
    private const int Terminate = 15;

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", -9)]
    public void End_OfAChild_IsTold(string script, int expected) => Assert.Equal(expected, EndOf(Shell(script)));

    [Fact]
    public void Streams_Pipes_CarryBothWays()
    {
        var input = AnonymousPipe.Create();
        var output = AnonymousPipe.Create();
        using var child = ChildProcess.Start(new ChildProcessRequest
        {
            Program = "sh",
            Arguments = ["-c", "read line; echo \"got $line\"; echo error >&2"],
            StandardInput = ChildStream.From(input.Read),
            StandardOutput = ChildStream.From(output.Write),
            StandardError = ChildStream.SameAsOutput,
        });
        input.Read.Dispose();
        output.Write.Dispose();
        using (var writer = new FileStream(input.Write, FileAccess.Write))
            writer.Write("hello\n"u8);
        using var reader = new StreamReader(new FileStream(output.Read, FileAccess.Read));

        Assert.Equal("got hello\nerror\n", reader.ReadToEnd());
        Assert.Equal(0, EndOf(child));
    }

    [Fact]
    public void Directory_AndEnvironment_AreTheChilds()
    {
        var output = AnonymousPipe.Create();
        using var child = ChildProcess.Start(new ChildProcessRequest
        {
            Program = "/bin/sh",
            Arguments = ["-c", "echo \"$PWD $NAME $HOME\""],
            WorkingDirectory = "/usr",
            Environment = new Dictionary<string, string> { ["NAME"] = "größe" },
            StandardOutput = ChildStream.From(output.Write),
        });
        output.Write.Dispose();
        using var reader = new StreamReader(new FileStream(output.Read, FileAccess.Read));
        Assert.Equal("/usr größe \n", reader.ReadToEnd());
        Assert.Equal(0, EndOf(child));
    }

    [Fact]
    public void Descriptors_OfOurs_AreNotTheChilds()
    {
        var extra = AnonymousPipe.Create();
        var output = AnonymousPipe.Create();
        using var child = ChildProcess.Start(new ChildProcessRequest
        {
            Program = "ls",
            Arguments = ["/proc/self/fd"],
            StandardInput = ChildStream.Null,
            StandardOutput = ChildStream.From(output.Write),
        });
        output.Write.Dispose();
        using var reader = new StreamReader(new FileStream(output.Read, FileAccess.Read));

        // Its three, and the one with which it reads the directory.
        Assert.Equal("0\n1\n2\n3\n", reader.ReadToEnd());
        Assert.Equal(0, EndOf(child));
        extra.Read.Dispose();
        extra.Write.Dispose();
    }

    [Fact]
    public void Signal_ToAChild_EndsIt()
    {
        using var child = ChildProcess.Start(new ChildProcessRequest { Program = "sleep", Arguments = ["1000"] });
        Assert.False(child.TryReap(out _));
        Assert.True(child.SendSignal(Terminate));
        Assert.Equal(-Terminate, EndOf(child));
        Assert.False(child.SendSignal(Terminate));
    }

    [Fact]
    public void Start_NoSuchProgram_SaysSo()
    {
        var thrown = Assert.Throws<Win32Exception>(() => ChildProcess.Start(new ChildProcessRequest { Program = "no-such-program" }));
        Assert.Equal(2, thrown.NativeErrorCode);
        Assert.Contains("no-such-program", thrown.Message, StringComparison.Ordinal);
        thrown = Assert.Throws<Win32Exception>(() => ChildProcess.Start(new ChildProcessRequest { Program = "sh", WorkingDirectory = "/no/such" }));
        Assert.Contains("/no/such", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ChildProcess.Start(new ChildProcessRequest { Program = "sh", Arguments = ["a\0b"] }));
    }

    [Fact]
    public void Children_ManyInARow_LeaveNothing()
    {
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 200; i++)
        {
            using var child = Shell("exit 3");
            Assert.Equal(3, EndOf(child));
        }

        // The runtime opens some of its own; a leak here would be hundreds.
        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 25);
    }

    private static ChildProcess Shell(string script) => ChildProcess.Start(new ChildProcessRequest
    {
        Program = "sh",
        Arguments = ["-c", script],
        StandardInput = ChildStream.Null,
    });

    private static int EndOf(ChildProcess child)
    {
        using var driver = new EngineDriver(new EpollEngine());
        var end = driver.Poll(((IDescriptorEngine)driver.Engine).Watch(child.Descriptor), forWriting: false);
        driver.PumpUntilEnded(end);
        Assert.True(child.TryReap(out var exitCode));
        child.Dispose();
        return exitCode;
    }
}
