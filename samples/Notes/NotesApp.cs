using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Samples;

namespace Notes;

/// <summary>The program behind its command line.</summary>
internal static class NotesApp
{
    private const string Summary = "Keeps notes and serves them by HTTP, from PostgreSQL or from a file. Ctrl-C ends it.";

    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        [""] =
        [
            "Notes                                                       # in notes.jsonl here, at http://127.0.0.1:8080",
            "Notes --postgres 'Host=localhost;Username=notes;Database=notes'",
            "Notes --file /tmp/n.jsonl --listen http://127.0.0.1:0       # a port that the system chooses",
        ],
    };

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var postgres = new Option<string?>("--postgres") { Description = "Npgsql's connection string; the table is made if there is none", HelpName = "TEXT" };
        var file = new Option<string>("--file") { Description = "Where notes are kept without --postgres", HelpName = "PATH", DefaultValueFactory = _ => "notes.jsonl" };
        var listen = new Option<string>("--listen") { Description = "The address to serve at", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var root = new RootCommand(Summary) { postgres, file, listen };
        root.SetAction(parsed =>
        {
            Func<Coroutine<INoteStore>> open = parsed.GetValue(postgres) is { } connection
                ? async Coroutine<INoteStore> () => await PostgresNotes.Open(connection)
                : async Coroutine<INoteStore> () => await FileNotes.Open(parsed.GetRequiredValue(file));
            return Serve(NotesService.Build(open, parsed.GetRequiredValue(listen)), output, error);
        });
        return new CommandLineProgram(root, s_examples) { TroubleMeans = "usage error, or the address cannot be served at" }.Run(arguments, output, error);
    }

    private static int Serve(WebApplication app, TextWriter output, TextWriter error)
    {
        try
        {
            app.Start();
        }
        catch (IOException exception)
        {
            error.WriteLine($"*** {exception.Message}");
            return CommandLineProgram.Trouble;
        }

        output.WriteLine($"Notes at {app.Urls.First()}/notes");
        app.WaitForShutdown();
        return CommandLineProgram.Done;
    }
}
