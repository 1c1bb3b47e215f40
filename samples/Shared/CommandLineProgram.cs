using System.CommandLine;
using System.CommandLine.Help;
using Tulip;

namespace Samples;

/// <summary>The small programs behind their command lines: help that teaches, usage errors in one line, Ctrl-C as shells number it.</summary>
/// <param name="Root">The program's commands.</param>
/// <param name="Examples">Lines to copy, by the command's name; the program itself has the empty name.</param>
internal sealed record CommandLineProgram(RootCommand Root, IReadOnlyDictionary<string, string[]> Examples)
{
    public const int Done = 0;
    public const int Trouble = 1;
    public const int Interrupted = 130;

    /// <summary>What the help says of exit code 1.</summary>
    public string TroubleMeans { get; init; } = "usage error";

    /// <summary>Runs a command line and returns the process's exit code.</summary>
    public int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        foreach (var help in Root.Options.OfType<HelpOption>())
            help.Action = new TeachingHelp((HelpAction)help.Action!, Examples, ["Exit codes:", "  0 done", $"  1 {TroubleMeans}", "  130 interrupted by Ctrl-C"]);

        var parsed = Root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (parsed.Action is not TeachingHelp && parsed.Errors is [.., var problem])
                throw new UsageException(problem.Message);

            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (UsageException exception)
        {
            error.WriteLine($"*** Usage error: {OneLine(exception.Message)}");
            error.WriteLine($"'{Words(parsed.CommandResult.Command)} --help' explains its options, with examples.");
            return Trouble;
        }
        catch (KeyboardInterruptException)
        {
            return Interrupted;
        }
    }

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private string Words(Command command)
    {
        var name = typeof(CommandLineProgram).Assembly.GetName().Name!;
        return command == Root ? name : $"{name} {command.Name}";
    }
}
