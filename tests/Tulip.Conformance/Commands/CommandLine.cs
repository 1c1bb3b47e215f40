// The command line: which command, with which arguments. Exit status: 0 all well, 1 differences, 2 wrong usage.
using System.Text;

namespace Tulip.Conformance.Commands;

internal static class CommandLine
{
    private const string Usage = """
        usage: Tulip.Conformance interpret                          programs on stdin, traces on stdout, a line each
               Tulip.Conformance check FILE... [--only-supported]   replay records {"program", "trace"} (.jsonl, .jsonl.gz)
        """;

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        switch (arguments)
        {
            case ["interpret"]:
                using (var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)))
                using (var answers = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)))
                    InterpretCommand.Run(input, answers);
                return 0;

            case ["check", .. var rest] when Files(rest) is { Length: > 0 } files:
                return CheckCommand.Run(files, rest.Contains("--only-supported"), output);

            default:
                error.WriteLine(Usage);
                return 2;
        }
    }

    /// <summary>The arguments that are not options; none if there is an unknown option.</summary>
    private static string[] Files(string[] arguments)
    {
        var files = arguments.Where(argument => argument != "--only-supported").ToArray();
        return files.Any(file => file.StartsWith('-')) ? [] : files;
    }
}
