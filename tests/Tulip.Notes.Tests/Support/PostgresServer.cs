// PostgresServer: a PostgreSQL of the tests' own, in a folder of its own, at a Unix socket there; nobody else's is touched.
//   1. It refuses to run as root: then it runs as the user that Debian's package makes, postgres.
//   2. Where it is not installed, the tests that need it are skipped and say so.
using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Tulip.Notes.Tests.PostgresServer))]

namespace Tulip.Notes.Tests;

public sealed class PostgresServer : IDisposable
{
    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(180);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notes-test-");
    private bool _running;

    public PostgresServer()
    {
        if (Missing is not null)
            return;

        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _folder.FullName);
        RunAsOwner("initdb", "--pgdata", Data, "--auth", "trust", "--username", "notes", "--no-sync", "--encoding", "UTF8");
        Start();
    }

    /// <summary>What is missing for a server; null if nothing is.</summary>
    private static string? Missing { get; } =
        Programs() is null ? "PostgreSQL's server is not installed (Debian: apt-get install postgresql)."
        : Environment.IsPrivilegedProcess && !File.ReadLines("/etc/passwd").Any(static line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "PostgreSQL does not run as root, and there is no user postgres."
        : null;

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>The connection string, with this many connections at the most.</summary>
    internal string ConnectionString(int connections = 20)
        => $"Host={_folder.FullName};Username=notes;Database=postgres;Maximum Pool Size={connections};Pooling=true;Timeout=120;Application Name=notes-{Guid.NewGuid():N}";

    internal static void SkipIfMissing() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    internal void Start()
    {
        RunAsOwner("pg_ctl", "start", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder.FullName, "log"),
            "--options", $"-c listen_addresses= -c unix_socket_directories={_folder.FullName} -c fsync=off -c max_connections=50");
        _running = true;
    }

    /// <summary>Ends it, and every connection with it.</summary>
    internal void Stop()
    {
        _running = false;
        RunAsOwner("pg_ctl", "stop", "--pgdata", Data, "--wait", "--silent", "--mode", "immediate");
    }

    public void Dispose()
    {
        if (_running)
            Stop();
        _folder.Delete(recursive: true);
    }

    private static void RunAsOwner(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs()!, program);
        if (Environment.IsPrivilegedProcess)
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]);
        else
            Run(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server keeps the streams it was started with: nobody may wait for their end.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        Assert.True(process.WaitForExit(s_guard), $"{program} does not end.");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>The newest version's programs; Debian keeps them off the PATH.</summary>
    private static string? Programs() => (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(static version => Path.Combine(version, "bin")) : [])
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")));
}
