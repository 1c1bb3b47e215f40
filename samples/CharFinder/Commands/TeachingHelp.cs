using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CharFinder;

/// <summary>The usual help, then examples to copy and what the exit codes mean.</summary>
internal sealed class TeachingHelp(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "charfinder chess black                 characters with both words in their names",
            "charfinder cjk --start 1000 --stop 1010",
            "charfinder --style mojifinder cat face",
            "charfinder words --top 20              the most frequent words",
            "charfinder tcp                         serves telnet and nc on port 2323",
            "charfinder web                         serves browsers at http://127.0.0.1:8888/",
            "charfinder -- web                      searches for the word that is also a command",
            "(from a clone: dotnet run --project samples/CharFinder -- chess black)",
        ],
        ["tcp"] =
        [
            "charfinder tcp                        then, elsewhere: telnet 127.0.0.1 2323, or nc 127.0.0.1 2323",
            "charfinder tcp 0.0.0.0 8000           for other machines too",
        ],
        ["web"] =
        [
            "charfinder web                        then open http://127.0.0.1:8888/",
            "charfinder web --address 0.0.0.0 --port 8000",
            "charfinder -- web                     searches for 'web'; so does 'charfinder web spider', with other words",
        ],
        ["words"] = ["charfinder words", "charfinder words --top 20"],
    };

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;

        output.WriteLine("Examples:");
        foreach (var example in s_examples[command is RootCommand ? "" : command.Name])
            output.WriteLine($"  {example}");
        output.WriteLine();
        output.WriteLine($"The names are those of Unicode {UnicodeNames.Shared.Version}, split at spaces and hyphens. Ideographs are found by 'cjk',");
        output.WriteLine("'unified', 'compatibility' and 'ideograph', not by their code; controls and private use have no names.");
        output.WriteLine();
        output.WriteLine("Exit codes:");
        output.WriteLine("  0 done, also when nothing was found");
        output.WriteLine("  1 usage error, no words, the results could not be written, or the port is taken");
        output.WriteLine("  2 no words, with --style mojifinder");
        output.WriteLine("  130 interrupted by Ctrl-C");
        output.WriteLine();
        return result;
    }
}
