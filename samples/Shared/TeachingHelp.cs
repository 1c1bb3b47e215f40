using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Samples;

/// <summary>The usual help, then examples to copy and what the exit codes mean.</summary>
internal sealed class TeachingHelp(HelpAction usual, CommandLineProgram program) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if (program.Examples.TryGetValue(command is RootCommand ? "" : command.Name, out var examples))
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }

        output.WriteLine("Exit codes:");
        output.WriteLine("  0 done");
        output.WriteLine($"  1 {program.TroubleMeans}");
        output.WriteLine("  130 interrupted by Ctrl-C");
        output.WriteLine();
        return result;
    }
}
