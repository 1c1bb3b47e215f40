using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Samples;

/// <summary>The usual help, then examples to copy and what else there is to know, such as what the exit codes mean.</summary>
/// <param name="usual">The usual help.</param>
/// <param name="examples">Lines to copy, by the command's name; the program itself has the empty name.</param>
/// <param name="closing">The lines that all commands' help ends with.</param>
internal sealed class TeachingHelp(HelpAction usual, IReadOnlyDictionary<string, string[]> examples, IReadOnlyList<string> closing) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if (examples.TryGetValue(command is RootCommand ? "" : command.Name, out var lines))
        {
            output.WriteLine("Examples:");
            foreach (var example in lines)
                output.WriteLine($"  {example}");
            output.WriteLine();
        }

        foreach (var line in closing)
            output.WriteLine(line);
        output.WriteLine();
        return result;
    }
}
