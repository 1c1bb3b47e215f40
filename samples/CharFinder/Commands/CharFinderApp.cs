using System.CommandLine;
using System.CommandLine.Help;
using Samples;
using Tulip;

namespace CharFinder;

/// <summary>The whole program behind its command line.</summary>
internal static class CharFinderApp
{
    /// <summary>The line for those who gave no words.</summary>
    public const string Usage = "Usage: charfinder word1 [word2]...";

    private const string Hint = "Try 'charfinder chess black', or 'charfinder --help'.";

    /// <summary>Runs a command line and returns the process's exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        try
        {
            var exitCode = Invoke(arguments, surroundings);
            surroundings.Out.Flush();
            return exitCode;
        }
        catch (KeyboardInterruptException)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException exception)
        {
            surroundings.Error.WriteLine($"*** Error: the results could not be written: {exception.Message}");
            return ExitCode.Trouble;
        }
    }

    /// <summary>The commands. A command's name must not be a word of a character's name, or that word could not be searched for; but
    /// <c>web</c> is what servers for browsers are called, and one character's word. By itself it is the command, with other words it is a
    /// word, and after <c>--</c> it is one in any case.</summary>
    public static RootCommand CreateRoot(Surroundings surroundings)
    {
        var isUncached = new Option<bool>("--no-cache")
        {
            Description = $"build the index anew and do not keep it [kept in: {surroundings.CacheFolder ?? "nowhere"}]",
            Recursive = true,
        };
        var root = new RootCommand("Finds characters by the words of their Unicode names.") { isUncached };
        foreach (var option in root.Options)
        {
            if (option is HelpOption help)
                help.Action = new TeachingHelp((HelpAction)help.Action!, HelpTexts.Examples, HelpTexts.Closing);
            else if (option is VersionOption version)
                (version.Action, version.Description) = (new VersionAction(), "the program's version and that of Unicode");
        }

        SearchCommand.AddTo(root, OpenIndex, surroundings);
        root.Add(WordsCommand.Create(OpenIndex, surroundings));
        root.Add(TcpCommand.Create(OpenIndex, surroundings));
        root.Add(WebCommand.Create(OpenIndex, surroundings));
        return root;

        SharedIndex OpenIndex(ParseResult parsed) => surroundings.OpenIndex(!parsed.GetValue(isUncached));
    }

    /// <summary>What is printed, with the usage, when there is nothing to search for.</summary>
    public static void WriteUsage(TextWriter writer)
    {
        writer.WriteLine(Usage);
        writer.WriteLine(Hint);
    }

    private static int Invoke(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        var root = CreateRoot(surroundings);
        if (arguments.FirstOrDefault(argument => !argument.StartsWith('-')) is { } first && root.Subcommands.All(command => command.Name != first))
            root.Subcommands.Clear(); // a command's name after other words is a word

        var parsed = Parse(root, arguments);
        if (parsed.CommandResult.Command.Name is WebCommand.Name && parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-'))
        {
            root.Subcommands.Clear(); // so it is before other words
            parsed = Parse(root, arguments);
        }

        if (parsed.Errors is [var error, ..])
        {
            surroundings.Error.WriteLine($"*** Usage error: {error.Message}");
            WriteUsage(surroundings.Error);
            return ExitCode.Trouble;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static ParseResult Parse(RootCommand root, IReadOnlyList<string> arguments) =>
        root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
}
