using System.Diagnostics;

namespace Spinners;

/// <summary>Another process spins: this program once more, which stops when its standard input is closed.</summary>
internal static class ProcessSpinner
{
    /// <summary>The argument that makes this program the spinning process.</summary>
    public const string ChildArgument = "spin-until-input-ends";

    public static int Supervise(TextWriter output, Pace pace)
    {
        using var spinner = new Process { StartInfo = StartInfo() };
        output.WriteLine("spinner object: <Process(spinner, initial)>");
        output.Flush();

        spinner.Start();
        var result = ThreadSpinner.SlowFunction(pace);
        spinner.StandardInput.Close();
        spinner.WaitForExit();
        return result;
    }

    public static int RunChild(TextWriter output, TextReader input, Pace pace)
    {
        // Ctrl-C reaches both processes; the parent decides, and its end closes our input.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;

        using var done = new ManualResetEventSlim();
        var waiter = new Thread(() => WaitForEnd(input, done)) { IsBackground = true };
        waiter.Start();
        ThreadSpinner.Spin(new SpinLine(output, "thinking!"), done, pace);
        return 0;
    }

    private static void WaitForEnd(TextReader input, ManualResetEventSlim done)
    {
        input.ReadToEnd();
        done.Set();
    }

    private static ProcessStartInfo StartInfo()
    {
        var assembly = typeof(ProcessSpinner).Assembly;
        var program = Environment.ProcessPath ?? "dotnet";
        var isOurs = Path.GetFileNameWithoutExtension(program) == assembly.GetName().Name;
        var start = new ProcessStartInfo(isOurs ? program : "dotnet") { RedirectStandardInput = true };

        // Started in another way than by its own file, the program is an argument of dotnet.
        if (!isOurs)
            start.ArgumentList.Add(assembly.Location);
        start.ArgumentList.Add(ChildArgument);
        return start;
    }
}
