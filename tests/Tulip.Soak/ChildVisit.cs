// ChildVisit: a child process that echoes, fails, hangs or is killed; however the visit ends, it is collected.
// Thread: the loop's.
using System.Globalization;

namespace Tulip.Soak;

internal sealed class ChildVisit(Random random, Tally tally)
{
    private static readonly SubprocessOptions s_pipes = new() { Stdin = ProcessStream.Pipe, Stdout = ProcessStream.Pipe };

    public Coroutine<string> Run() => random.Next(3) switch
    {
        0 => Killed(),
        1 => Ended(),
        _ => Fed(),
    };

    private async Coroutine<string> Fed()
    {
        var bytes = new byte[random.Next(1, 200_000)];
        random.NextBytes(bytes);
        await using var process = await CreateSubprocessExec("cat", options: s_pipes);
        var (output, _) = await process.Communicate(bytes);
        if (!output.AsSpan().SequenceEqual(bytes))
            throw new SoakException($"cat gave back {output!.Length} bytes of {bytes.Length}, or others");
        tally.Bytes += bytes.Length;
        return "cat";
    }

    private async Coroutine<string> Ended()
    {
        var code = random.Next(100);
        await using var process = await CreateSubprocessShell($"exit {code.ToString(CultureInfo.InvariantCulture)}", s_pipes);
        if (await process.Wait() != code)
            throw new SoakException($"a shell ended with {process.ReturnCode}, not {code}");
        return "sh";
    }

    private async Coroutine<string> Killed()
    {
        await using var process = await CreateSubprocessExec("sleep", ["1000"], s_pipes);
        await Sleep(random.NextDouble() * 0.01);
        process.Kill();
        if (await process.Wait() != -9)
            throw new SoakException($"a killed process ended with {process.ReturnCode}");
        return "sleep killed";
    }
}
