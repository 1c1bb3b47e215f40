using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tulip.Engines;

namespace Tulip.Processes.Tests;

/// <summary>Child processes with streams.</summary>
public sealed class AsyncProcessTests
{
    private static readonly SubprocessOptions s_inAndOut = new() { Stdin = ProcessStream.Pipe, Stdout = ProcessStream.Pipe };
    public static TheoryData<string, bool> EnginesAndEnds
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var engine in new ProcessEngines())
            {
                data.Add(engine.Data, false);
                data.Add(engine.Data, true);
            }

            return data;
        }
    }

    private static readonly SubprocessOptions s_out = new() { Stdin = ProcessStream.Null, Stdout = ProcessStream.Pipe };

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Communicate_TenMegabytesThroughCat_ComeBackWhole(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var bytes = new byte[10_000_000];
        new Random(1).NextBytes(bytes);
        var process = await CreateSubprocessExec("cat", options: s_inAndOut);
        var (output, error) = await process.Communicate(bytes);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(output!));
        Assert.Null(error);
        Assert.Equal(0, process.ReturnCode);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Streams_LineByLine_GoBothWays(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessExec("cat", options: s_inAndOut);
        for (var i = 0; i < 50; i++)
        {
            process.Stdin!.Write(Encoding.UTF8.GetBytes($"line {i}\n"));
            await process.Stdin.Drain();
            Assert.Equal($"line {i}\n", Encoding.UTF8.GetString(await process.Stdout!.ReadLine()));
        }

        process.Stdin!.Close();
        await process.Stdin.WaitClosed();
        Assert.Equal(0, await process.Wait());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Output_MuchMoreThanTheLimit_HoldsTheProcessBackUntilItIsRead(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessExec("dd", ["if=/dev/zero", "bs=65536", "count=200", "status=none"], s_out, limit: 1024);
        for (var i = 0; i < 50; i++)
            await Sleep(0.001);
        Assert.Null(process.ReturnCode);
        Assert.Equal(200 * 65536, (await process.Stdout!.Read()).Length);
        Assert.Equal(0, await process.Wait());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Communicate_ChildReadsNothing_IsNoError(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessShell("exec <&-; echo done", s_inAndOut);
        var (output, _) = await process.Communicate(new byte[1_000_000]);
        Assert.Equal("done\n"u8.ToArray(), output);
    });

    [Theory]
    [MemberData(nameof(EnginesAndEnds))]
    public void Dispose_GrandchildHoldsTheInputAndReadsNothing_EndsAllTheSame(string engine, bool hasEnded) => ProcessRig.Run(engine, async _ =>
    {
        // A shell gives what it starts in the background an empty input, unless it is told which.
        var command = $"exec 3<&0; sleep 1000 <&3 3<&- >&- & echo $!; {(hasEnded ? "exit 3" : "exec sleep 1000 >&-")}";
        var process = await CreateSubprocessShell(command, s_inAndOut);
        var grandchild = int.Parse(Encoding.UTF8.GetString(await process.Stdout!.ReadLine()), CultureInfo.InvariantCulture);
        try
        {
            process.Stdin!.Write(new byte[1_000_000]);
            if (hasEnded)
                await ProcessRig.Until(() => process.ReturnCode is not null);
            await process.DisposeAsync();
            Assert.Equal(hasEnded ? 3 : -9, process.ReturnCode);
        }
        finally
        {
            using var left = System.Diagnostics.Process.GetProcessById(grandchild);
            left.Kill();
        }
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Streams_OfOursInTheirPlaces_AreOursAndNotTheChildsNewOnes(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        // What the child complains of goes where our standard output goes, not where its own does.
        using var ours = new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false);
        var options = new SubprocessOptions { Stdin = ProcessStream.Null, Stdout = ProcessStream.Pipe, Stderr = ProcessStream.To(ours) };
        var process = await CreateSubprocessShell("echo out; readlink /proc/$$/fd/2", options);
        var (output, _) = await process.Communicate();
        Assert.Equal($"out\n{new FileInfo("/proc/self/fd/1").LinkTarget}\n", Encoding.UTF8.GetString(output!));
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Output_ClosedEarly_EndsItsReaderAndNotTheProcess(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessShell("echo x; exec >&-; read line; exit 4", s_inAndOut);
        Assert.Equal("x\n"u8.ToArray(), await process.Stdout!.Read());
        Assert.Null(process.ReturnCode);
        process.Stdin!.Write("go\n"u8);
        Assert.Equal(4, await process.Wait());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Wait_GrandchildHoldsTheOutput_WaitsForItToo(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessShell("exec 3<&0; cat <&3 >&1 & exit 5", s_inAndOut);
        var wait = CreateTask(process.Wait());
        await ProcessRig.Until(() => process.ReturnCode is not null);
        for (var i = 0; i < 20; i++)
            await Sleep(0);
        Assert.False(wait.Done);
        process.Stdin!.Close();
        Assert.Equal(5, await wait);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Error_SameAsOutput_IsMixedIn(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessShell("echo a; echo b >&2", new() { Stdout = ProcessStream.Pipe, Stderr = ProcessStream.SameAsOutput });
        var (output, error) = await process.Communicate();
        Assert.Equal("a\nb\n"u8.ToArray(), output);
        Assert.Null(error);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Output_ToAFile_IsThere(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var path = Path.GetTempFileName();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            var process = await CreateSubprocessShell("echo \"$A $PWD\"", new()
            {
                Stdout = ProcessStream.To(file),
                WorkingDirectory = "/usr",
                Environment = new Dictionary<string, string> { ["A"] = "b" },
            });
            Assert.Equal(0, await process.Wait());
            Assert.False(file.IsClosed);
        }

        Assert.Equal("b /usr\n", File.ReadAllText(path));
        File.Delete(path);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Signals_EndIt_AndAreNothingAfterwards(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var terminated = await CreateSubprocessExec("sleep", ["1000"]);
        terminated.Terminate();
        Assert.Equal(-15, await terminated.Wait());
        terminated.Terminate();
        terminated.Kill();

        var killed = await CreateSubprocessExec("sleep", ["1000"]);
        killed.Kill();
        killed.Kill();
        Assert.Equal(-9, await killed.Wait());

        var trapped = await CreateSubprocessShell("trap 'exit 7' HUP; echo ready; while :; do sleep 0.01; done", s_out);
        await trapped.Stdout!.ReadLine();
        trapped.SendSignal(PosixSignal.SIGHUP);
        Assert.Equal(7, await trapped.Wait());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Wait_OfMany_TellsAll(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var process = await CreateSubprocessExec("cat", options: s_inAndOut);
        var waits = Enumerable.Range(0, 5).Select(_ => CreateTask(process.Wait())).ToArray();
        await Sleep(0);
        waits[1].Cancel();
        process.Stdin!.Close();
        Assert.Equal(0, await waits[0]);
        Assert.True(waits[1].Cancelled);
        Assert.Equal(0, await waits[4]);
        Assert.Equal(0, await process.Wait());
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Start_NoSuchProgramOrDirectory_SaysSo(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var thrown = await Catch(CreateSubprocessExec("no-such-program", options: s_inAndOut));
        Assert.Contains("no-such-program", thrown.Message, StringComparison.Ordinal);
        thrown = await Catch(CreateSubprocessExec("cat", options: new() { Stdin = ProcessStream.Pipe, WorkingDirectory = "/no/such" }));
        Assert.Contains("/no/such", thrown.Message, StringComparison.Ordinal);

        static async Coroutine<Win32Exception> Catch(Coroutine<AsyncProcess> start)
        {
            try
            {
                await start;
            }
            catch (Win32Exception exception)
            {
                return exception;
            }

            throw new InvalidOperationException("It started.");
        }
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Cancel_AtEachStep_LeavesNoProcessAndNoDescriptor(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        for (var steps = 0; steps < 12; steps++)
        {
            AsyncProcess? started = null;
            var task = CreateTask(Use());
            for (var i = 0; i < steps; i++)
                await Sleep(0);
            task.Cancel();
            await Wait([task]);
            Assert.True(task.Cancelled, $"after {steps} steps");
            started?.Kill();
            if (started is not null)
                await started.Wait();

            async Coroutine Use()
            {
                started = await CreateSubprocessExec("cat", options: s_inAndOut);
                await started.Communicate(new byte[100_000]);
                await Sleep(1000);
            }
        }
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void AwaitUsing_LeftInTheMiddle_KillsAndDropsWhatNobodyReads(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        var before = ProcessRig.Descriptors();
        AsyncProcess? used = null;
        await CancelScope.Run(async scope =>
        {
            await using var process = await CreateSubprocessExec("cat", ["/dev/zero"], s_inAndOut);
            used = process;

            // Its output is far above what is kept of it: reading is paused.
            await process.Stdout!.ReadExactly(1);
            for (var i = 0; i < 50; i++)
                await Sleep(0.001);
            scope.Cancel();
            await Sleep(1000);
        });
        Assert.Equal(-9, await used!.Wait());
        Assert.Empty(ProcessRig.Descriptors().Except(before));
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void AwaitUsing_AfterItsEnd_IsNothing(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        AsyncProcess used;
        await using (var process = await CreateSubprocessShell("exit 3", s_inAndOut))
        {
            used = process;
            await process.Communicate();
        }

        Assert.Equal(3, used.ReturnCode);
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Processes_OneAfterTheOther_LeaveNothing(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        for (var i = 0; i < 2_000; i++)
        {
            var process = await CreateSubprocessExec("cat", options: s_inAndOut);
            var (output, _) = await process.Communicate("x"u8.ToArray());
            Assert.Equal("x"u8.ToArray(), output);
        }
    });

    [Theory]
    [ClassData(typeof(ProcessEngines))]
    public void Processes_TwoHundredAtOnce_EachHasItsOwn(string engine) => ProcessRig.Run(engine, static async _ =>
    {
        await Gather(Enumerable.Range(0, 200).Select(One));

        static async Coroutine One(int number)
        {
            var process = await CreateSubprocessShell($"cat; exit {number}", s_inAndOut);
            var input = Encoding.UTF8.GetBytes(new string('x', number) + number);
            var (output, _) = await process.Communicate(input);
            Assert.Equal(input, output);
            Assert.Equal(number, process.ReturnCode);
        }
    });
}
