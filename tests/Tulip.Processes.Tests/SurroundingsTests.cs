using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tulip.Processes.Tests;

/// <summary>What a child has around it: sessions, groups, terminals; and what its transports tell of themselves.</summary>
public sealed class SurroundingsTests
{
    // The process' group and session are the third and fourth words behind the name.
    private const string TellGroupAndSession = "exec <&-; cut -d')' -f2- /proc/self/stat | cut -d' ' -f4,5; echo $$";

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void StartNewSession_MakesTheChildItsLeader(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var (group, session, own) = await Ask(new() { StartNewSession = true, Stdout = ProcessStream.Pipe });
        Assert.Equal((own, own), (group, session));
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void ProcessGroup_OfItsOwnOrAnothers_IsJoined(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var (ours, session, _) = await Ask(new() { Stdout = ProcessStream.Pipe });
        var (group, sameSession, own) = await Ask(new() { ProcessGroup = 0, Stdout = ProcessStream.Pipe });
        Assert.Equal((own, session), (group, sameSession));
        Assert.NotEqual(ours, group);

        await using var leader = await CreateSubprocessExec("sleep", ["1000"], new() { ProcessGroup = 0 });
        var (joined, _, _) = await Ask(new() { ProcessGroup = leader.Id, Stdout = ProcessStream.Pipe });
        Assert.Equal(leader.Id, joined);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Terminal_GivenAsStreams_IsOneForTheChild(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        if (!File.Exists("/usr/bin/script"))
            Assert.Skip("script is missing (apt-get install bsdutils)");

        // It makes a terminal, and runs a shell in it whose streams lead there.
        await using var process = await CreateSubprocessExec(
            "script", ["-qec", "test -t 0 && test -t 1 && tty", "/dev/null"], new() { Stdin = ProcessStream.Null, Stdout = ProcessStream.Pipe });
        var (output, _) = await process.Communicate();
        Assert.Equal(0, process.ReturnCode);
        var terminal = Encoding.UTF8.GetString(output!).Trim();
        Assert.StartsWith("/dev/", terminal, StringComparison.Ordinal);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Terminal_OfOurs_CarriesWhatTheChildWritesAndReads(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        using var master = File.OpenHandle("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (await NameOfTerminal(master) is not { } name)
        {
            Assert.Skip("python3 is missing, which unlocks the terminal here");
            return;
        }

        using var terminal = OpenTerminal(name);
        var stream = ProcessStream.To(terminal);
        await using var process = await CreateSubprocessShell(
            "test -t 0 && test -t 1 && read line && echo \"got $line\"", new() { Stdin = stream, Stdout = stream, Stderr = stream, StartNewSession = true });
        var (reader, transport) = await OpenReadPipe(new SafeFileHandle(master.DangerousGetHandle(), ownsHandle: false));
        using (var writing = new FileStream(new SafeFileHandle(master.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, 0))
            writing.Write("hello\n"u8);
        Assert.Equal("hello\r\n", Encoding.UTF8.GetString(await reader.ReadLine()));
        Assert.Equal("got hello\r\n", Encoding.UTF8.GetString(await reader.ReadLine()));
        Assert.Equal(0, await process.Wait());
        transport.Close();
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void ExtraInfo_NamesThePipeAndTheProcess(string engine) => ProcessRig.Run(engine, static async rig =>
    {
        var options = new SubprocessOptions { Stdin = ProcessStream.Pipe };
        var (transport, protocol) = await rig.Loop.SubprocessExec(() => new Recorder(), "cat", options: options);
        using (var process = Assert.IsType<Process>(transport.GetExtraInfo(SubprocessTransport.SubprocessName)))
            Assert.Equal(transport.GetPid(), process.Id);
        var input = transport.GetPipeTransport(0)!;
        using (var pipe = Assert.IsType<SafeFileHandle>(input.GetExtraInfo(BaseTransport.PipeName)))
            Assert.Contains("pipe", new FileInfo($"/proc/self/fd/{pipe.DangerousGetHandle()}").LinkTarget!, StringComparison.Ordinal);
        input.WriteEof();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Equal(0, transport.GetReturnCode());
        Assert.Null(transport.GetExtraInfo(SubprocessTransport.SubprocessName));
        Assert.Null(input.GetExtraInfo(BaseTransport.PipeName));
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Readme_ItsExample_Sorts(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        await using var sort = await CreateSubprocessExec("sort", ["-n"], new() { Stdin = ProcessStream.Pipe, Stdout = ProcessStream.Pipe });
        var (sorted, _) = await sort.Communicate("30\n4\n200\n"u8.ToArray());
        Assert.Equal("4\n30\n200\n"u8.ToArray(), sorted);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void ChildSignal_IgnoredAsThisProgramWasStarted_ChildrenAreNotLost(string engine)
    {
        const int childSignal = 17, ignored = 1;
        var before = new byte[1024];
        Assert.Equal(0, SignalAction(childSignal, null, before));
        try
        {
            ProcessRig.Run(engine, static async _ =>
            {
                for (var i = 0; i < 20; i++)
                {
                    Signal(childSignal, ignored);
                    await using var process = await CreateSubprocessShell("exit 4");
                    Assert.Equal(4, await process.Wait());
                }
            });
        }
        finally
        {
            Assert.Equal(0, SignalAction(childSignal, before, null));
        }
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint Signal(int signal, nint action);

    [DllImport("libc", EntryPoint = "sigaction")]
    private static extern int SignalAction(int signal, byte[]? action, byte[]? former);

    /// <summary>Opens a terminal that does not become this process' own: with its end, whom it belongs to is ended.</summary>
    private static SafeFileHandle OpenTerminal(string name)
    {
        const int readWrite = 2, notOurs = 0x100, closeOnExec = 0x80000;
        var terminal = new SafeFileHandle(Open(name, readWrite | notOurs | closeOnExec), ownsHandle: true);
        Assert.False(terminal.IsInvalid, name);
        return terminal;
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(string path, int flags);

    private static async Coroutine<(int Group, int Session, int Own)> Ask(SubprocessOptions options)
    {
        await using var process = await CreateSubprocessShell(TellGroupAndSession, options);
        var (output, _) = await process.Communicate();
        var words = Encoding.UTF8.GetString(output!).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return (words[0], words[1], words[2]);
    }

    /// <summary>Unlocks a terminal's other side, and tells its name; null if it cannot be done.</summary>
    private static async Coroutine<string?> NameOfTerminal(SafeFileHandle master)
    {
        if (!File.Exists("/usr/bin/python3"))
            return null;

        const string Program = "import fcntl, struct; fcntl.ioctl(0, 0x40045431, struct.pack('i', 0)); print(struct.unpack('i', fcntl.ioctl(0, 0x80045430, b'    '))[0])";
        await using var process = await CreateSubprocessExec("/usr/bin/python3", ["-c", Program], new() { Stdin = ProcessStream.To(master), Stdout = ProcessStream.Pipe });
        var (output, _) = await process.Communicate();
        return $"/dev/pts/{Encoding.UTF8.GetString(output!).Trim()}";
    }
}
