namespace Tulip.Processes.Tests;

/// <summary>What the protocol of a child process is told, and when.</summary>
public sealed class SubprocessTransportTests
{
    private static readonly SubprocessOptions s_allPipes = new() { Stdin = ProcessStream.Pipe, Stdout = ProcessStream.Pipe, Stderr = ProcessStream.Pipe };

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Callbacks_OfAChild_BeginWithTheConnectionAndEndWithItsLoss(string engine) => ProcessRig.Run(engine, async rig =>
    {
        var (transport, protocol) = await rig.Loop.SubprocessShell(() => new Recorder(), "cat; echo error >&2; exit 3", s_allPipes);
        Assert.Equal(["made"], protocol.Calls);
        Assert.Null(transport.GetReturnCode());
        Assert.Null(transport.GetPipeTransport(3));
        var input = transport.GetPipeTransport(0)!;
        input.Write("hello"u8);
        input.WriteEof();
        await ProcessRig.Until(() => protocol.IsLost);

        Assert.Equal(3, transport.GetReturnCode());
        Assert.Equal("helloerror\n", protocol.Output.ToString());
        Assert.Equal("made", protocol.Calls[0]);
        Assert.Equal("lost", protocol.Calls[^1]);
        Assert.Equal(
            ["data 1", "data 2", "exited", "lost", "made", "pipe 0 lost", "pipe 1 lost", "pipe 2 lost"],
            protocol.Calls.Order(StringComparer.Ordinal));
        Assert.True(transport.IsClosing);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Streams_AChildClosesEarly_ComeBeforeItsEnd(string engine) => ProcessRig.Run(engine, async rig =>
    {
        var (transport, protocol) = await rig.Loop.SubprocessShell(() => new Recorder(), "exec >&- 2>&-; read line; exit 0", s_allPipes);
        await ProcessRig.Until(() => protocol.Calls.Contains("pipe 1 lost") && protocol.Calls.Contains("pipe 2 lost"));
        Assert.DoesNotContain("exited", protocol.Calls);
        transport.GetPipeTransport(0)!.WriteEof();
        await ProcessRig.Until(() => protocol.IsLost);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void End_BeforeAGrandchildLeavesTheOutput_ComesAlone(string engine) => ProcessRig.Run(engine, async rig =>
    {
        // The grandchild reads from a descriptor that stays open as long as we want, and holds the output meanwhile.
        var options = new SubprocessOptions { Stdin = ProcessStream.Pipe, Stdout = ProcessStream.Pipe };
        var (transport, protocol) = await rig.Loop.SubprocessShell(() => new Recorder(), "exec 3<&0; cat <&3 >&1 & exit 5", options);
        await ProcessRig.Until(() => protocol.Calls.Contains("exited"));
        Assert.Equal(5, transport.GetReturnCode());
        for (var i = 0; i < 20; i++)
            await Sleep(0);
        Assert.False(protocol.IsLost);

        transport.GetPipeTransport(0)!.Write("late"u8);
        transport.GetPipeTransport(0)!.WriteEof();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Equal("late", protocol.Output.ToString());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Close_WhileItRuns_KillsIt(string engine) => ProcessRig.Run(engine, async rig =>
    {
        var (transport, protocol) = await rig.Loop.SubprocessExec(() => new Recorder(), "sleep", ["1000"], s_allPipes);
        transport.Close();
        transport.Close();
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Equal(-9, transport.GetReturnCode());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Exception_InACallback_IsReportedAndNothingElseIsLost(string engine) => ProcessRig.Run(engine, async rig =>
    {
        var (_, protocol) = await rig.Loop.SubprocessShell(() => new Failing(), "echo x", s_allPipes);
        await ProcessRig.Until(() => protocol.IsLost);
        Assert.Single(rig.Reports, static report => report.Exception is InvalidDataException);
        rig.Reports.Clear();
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Loop_ClosedWhileAChildRuns_KillsAndCollectsIt(string engine)
    {
        SubprocessTransport? child = null;
        var loop = new EventLoop(engine: Engines.EngineSelector.Create(engine));
        var reports = new List<LoopErrorContext>();
        loop.ExceptionHandler = (_, report) => reports.Add(report);
        loop.RunUntilComplete(Main());
        Assert.NotEmpty(ProcessRig.Children());
        loop.Close();
        ProcessRig.WaitUntil(static () => ProcessRig.Children().Count == 0, static () => "the child is still there");
        Assert.Same(child, Assert.Single(reports).Transport);

        async Coroutine Main() => (child, _) = await loop.SubprocessExec(() => new Recorder(), "sleep", ["1000"], s_allPipes);
    }

    [Fact]
    public void Engine_OnlySockets_SaysWhatToDo()
    {
        using var loop = new EventLoop(engine: Engines.EngineSelector.Create("portable"));
        var thrown = Assert.Throws<NotSupportedException>(() => loop.RunUntilComplete(Main()));
        Assert.Contains("epoll", thrown.Message, StringComparison.Ordinal);

        async Coroutine Main() => await loop.SubprocessExec(() => new Recorder(), "true");
    }

    private sealed class Failing : SubprocessProtocol
    {
        public bool IsLost { get; private set; }

        public override void PipeDataReceived(int descriptor, ReadOnlySpan<byte> data) => throw new InvalidDataException();

        public override void ConnectionLost(Exception? exception) => IsLost = true;
    }
}
