using System.CommandLine;
using System.Text;

namespace Flags;

/// <summary>The short reminder after a usage error, in argparse's style.</summary>
internal static class Usage
{
    private const int Width = 79;

    public static string Of(Command command)
    {
        var isRoot = command is RootCommand;
        var start = isRoot ? "usage: Flags" : $"usage: Flags {command.Name}";
        var parts = new List<string> { "[-h]" };
        parts.AddRange(command.Options.Where(option => option.Name is not ("--help" or "--version")).Select(Part));
        parts.AddRange(command.Arguments.Select(argument => $"[{argument.Name} [{argument.Name} ...]]"));
        if (isRoot)
            parts.Add($"{{{string.Join(",", command.Subcommands.Select(sub => sub.Name))}}} ...");
        return Wrap(start, parts);
    }

    private static string Part(Option option)
    {
        var name = option.Aliases.Append(option.Name).MinBy(alias => alias.Length);
        return option.HelpName is null ? $"[{name}]" : $"[{name} {option.HelpName}]";
    }

    private static string Wrap(string start, IEnumerable<string> parts)
    {
        var text = new StringBuilder(start);
        var column = start.Length;
        foreach (var part in parts)
        {
            if (column + 1 + part.Length > Width)
            {
                text.Append('\n').Append(' ', start.Length);
                column = start.Length;
            }

            text.Append(' ').Append(part);
            column += 1 + part.Length;
        }

        return text.ToString();
    }
}
