using System.CommandLine;
using System.CommandLine.Help;
using Samples;

namespace Flags;

/// <summary>The whole program behind its command line.</summary>
internal static class FlagsApp
{
    /// <summary>Runs a command line and returns the process's exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, Surroundings surroundings)
    {
        var root = CreateRoot(surroundings);
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isHelp = parsed.Action is not null && parsed.Errors.Count == 0;
        try
        {
            if (!isHelp && parsed.Errors is [.., var error])
                throw new UsageException(error.Message);

            var configuration = new InvocationConfiguration
            {
                Output = surroundings.Out,
                Error = surroundings.Error,
                EnableDefaultExceptionHandler = false,
            };
            return parsed.Invoke(configuration);
        }
        catch (UsageException exception)
        {
            surroundings.Out.WriteLine($"*** Usage error: {exception.Message}");
            surroundings.Out.WriteLine(Usage.Of(parsed.CommandResult.Command));
            surroundings.Out.Flush();
            return ExitCode.Trouble;
        }
    }

    private static RootCommand CreateRoot(Surroundings surroundings)
    {
        var root = new RootCommand("Downloads flags of countries: one by one, with threads, and with a loop.")
        {
            SimpleCommand.Create("sequential", "The 20 flags one after the other.", SequentialDownloads.Run, surroundings),
            SimpleCommand.Create("threadpool", "The 20 flags with a thread each.", ThreadPoolDownloads.Run, surroundings),
            SimpleCommand.Create("asyncio", "The 20 flags with a coroutine each, on one thread.", AsyncioDownloads.RunSavingInLine, surroundings),
            Flags2Command.Create(surroundings),
            Flags3Command.Create(surroundings),
            ServeCommand.Create(surroundings),
            CompareCommand.Create(surroundings),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new TeachingHelp((HelpAction)help.Action!, HelpTexts.Examples, HelpTexts.Closing);
        return root;
    }
}
