using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Npgsql;
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
            Func<Coroutine<INoteStore>> open;
            if (parsed.GetValue(postgres) is { } connection)
            {
                CheckConnection(connection);
                open = async Coroutine<INoteStore> () => await PostgresNotes.Open(connection);
            }
            else
            {
                var path = parsed.GetRequiredValue(file);
                CheckPath(path);
                open = async Coroutine<INoteStore> () => await FileNotes.Open(path);
            }

            var address = parsed.GetRequiredValue(listen);
            return Serve(NotesService.Build(open, address), address, output, error);
        });
        return new CommandLineProgram(root, s_examples) { TroubleMeans = "usage error, or the address cannot be served at" }.Run(arguments, output, error);
    }

    // The store is opened by the first request: what can be known before is said before.
    private static void CheckConnection(string connection)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(connection);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--postgres TEXT is a connection string such as 'Host=localhost;Username=notes;Database=notes': {exception.Message}");
        }
    }

    private static void CheckPath(string path)
    {
        if (path.Length == 0 || Directory.Exists(path))
            throw new UsageException($"--file PATH is a file, not '{path}'");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"--file PATH: there is no folder '{folder}'");
    }

    private static int Serve(WebApplication app, string address, TextWriter output, TextWriter error)
    {
        try
        {
            app.Start();
        }
        catch (Exception exception) when (exception is IOException or FormatException or InvalidOperationException)
        {
            error.WriteLine($"*** Cannot serve at '{address}': {exception.Message}");
            return CommandLineProgram.Trouble;
        }

        output.WriteLine($"Notes at {app.Urls.First()}/notes");
        app.WaitForShutdown();
        return CommandLineProgram.Done;
    }
}
