namespace Tulip.Streams.Tests.Writer;

/// <summary>The end of a connection, as its writer and its client task see it.</summary>
public sealed class CloseTests
{
    [Fact]
    public void WaitClosed_Closed_EndsAndStaysEnded() => LoopTest.Run(async () =>
    {
        var (reader, writer, _) = FakeTransport.Connect();
        writer.Close();
        Assert.True(writer.IsClosing);
        await writer.WaitClosed();
        await writer.WaitClosed();
        Assert.True(reader.AtEof);
    });

    [Fact]
    public void WaitClosed_Broken_ThrowsWhatBrokeIt() => LoopTest.Run(async () =>
    {
        var (reader, writer, transport) = FakeTransport.Connect();
        var waiting = CreateTask(writer.WaitClosed());
        await Sleep(0);
        transport.Break(new FormatException());
        await Expect.Throws<FormatException>(async () => { await waiting; });
        await Expect.Throws<FormatException>(async () => { await writer.WaitClosed(); });
        await Expect.Throws<FormatException>(async () => { await reader.Read(); });
    });

    [Fact]
    public void WaitClosed_OneOfTwoCancelled_TheOtherWaitsOn() => LoopTest.Run(async () =>
    {
        var (_, writer, _) = FakeTransport.Connect();
        var first = CreateTask(writer.WaitClosed());
        var second = CreateTask(writer.WaitClosed());
        await Sleep(0);
        first.Cancel();
        await Expect.Cancelled(async () => { await first; });
        Assert.False(second.Done);
        writer.Close();
        await second;
    });

    [Fact]
    public void Break_NobodyLooks_NothingIsReported() => LoopTest.Run(async () =>
    {
        var (_, _, transport) = FakeTransport.Connect();
        transport.Break(new FormatException());
        await LoopTest.Passes(3);
    });

    [Fact]
    public void AwaitUsing_ClosesAndSwallowsHowItEnded() => LoopTest.Run(async () =>
    {
        var (_, writer, transport) = FakeTransport.Connect();
        await using (writer)
        {
            writer.Write("x"u8);
        }

        Assert.True(transport.IsClosing);

        var (_, broken, brokenTransport) = FakeTransport.Connect();
        await using (broken)
        {
            brokenTransport.Break(new FormatException());
        }
    });

    [Fact]
    public void Client_FailingTask_IsReportedAndTheConnectionClosed()
    {
        FakeTransport? transport = null;
        var reports = LoopTest.RunReporting(async () =>
        {
            transport = Accept(static async (_, _) =>
            {
                await Sleep(1);
                throw new FormatException("client");
            });
            await Sleep(2);
        });
        Assert.True(transport!.IsClosing);
        var report = Assert.Single(reports);
        Assert.Equal("Unhandled exception in client_connected_cb", report.Message);
        Assert.Equal("client", Assert.IsType<FormatException>(report.Exception).Message);
    }

    [Fact]
    public void Client_CancelledTask_IsClosedWithoutAReport() => LoopTest.Run(async () =>
    {
        var transport = Accept(static async (_, _) => await Sleep(1000));
        await Sleep(1);
        foreach (var task in AllTasks(GetRunningLoop()).Where(task => !ReferenceEquals(task, CurrentTask())))
            task.Cancel();
        await Sleep(1);
        Assert.True(transport.IsClosing);
    });

    [Fact]
    public void Client_TaskThatReturns_LeavesTheConnectionToItsWriter() => LoopTest.Run(async () =>
    {
        AsyncStreamWriter? kept = null;
        var transport = Accept(async (_, writer) =>
        {
            kept = writer;
            await Sleep(1);
        });
        await Sleep(2);
        Assert.False(transport.IsClosing);
        kept!.Close();
        await kept.WaitClosed();
    });

    [Fact]
    public void UnclosedWriter_InDebugMode_IsReportedAndClosed()
    {
        FakeTransport? transport = null;
        var reports = LoopTest.RunReporting(async () =>
        {
            GetRunningLoop().Debug = true;
            transport = Forget();
            for (var i = 0; i < 100 && !transport.IsClosing; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Sleep(0);
            }
        });
        Assert.True(transport!.IsClosing);
        var message = Assert.Single(reports).Message;
        Assert.StartsWith("An AsyncStreamWriter was never closed", message, StringComparison.Ordinal);
        Assert.Contains("It was made", message, StringComparison.Ordinal);
        Assert.Contains(nameof(UnclosedWriter_InDebugMode_IsReportedAndClosed), message, StringComparison.Ordinal);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static FakeTransport Forget() => FakeTransport.Connect().Transport;
    }

    private static FakeTransport Accept(Func<AsyncStreamReader, AsyncStreamWriter, Coroutine> client)
    {
        var transport = new FakeTransport(GetRunningLoop());
        var protocol = new StreamReaderProtocol(new AsyncStreamReader(), client);
        transport.SetProtocol(protocol);
        protocol.ConnectionMade(transport);
        return transport;
    }
}
