using System.CommandLine;
using Samples;

namespace Flags;

/// <summary>The options that say where flags come from and go to; shared by all downloading commands.</summary>
internal sealed class SiteOptions
{
    private readonly Option<string> _server;

    private readonly Option<string?> _url = new("--url")
    {
        HelpName = "BASE",
        Description = "address of the REMOTE site, such as http://localhost:8001/flags; implies -s REMOTE",
    };

    private readonly Option<int> _seed = new Option<int>("--seed")
    {
        HelpName = "N",
        Description = "seed of the ERROR server's failures: the same seed fails the same flags",
        DefaultValueFactory = _ => Behaviour.DefaultSeed,
    }.Whole();

    private readonly Option<bool> _viaProxy = new("--via-proxy")
    {
        Description = "delays and errors come from a chaos proxy before a server that has none",
    };

    private readonly Option<string> _dest = new("--dest")
    {
        HelpName = "DIR",
        Description = "folder that flags are saved in; made when missing",
        DefaultValueFactory = _ => "downloads/",
    };

    public SiteOptions(ServerKind usual) => _server = new Option<string>("--server", "-s")
    {
        HelpName = "LABEL",
        Description = "server to hit: DELAY, ERROR and LOCAL are built in, REMOTE needs --url",
        DefaultValueFactory = _ => usual.ToString(),
    };

    public void AddTo(Command command)
    {
        command.Add(_server);
        command.Add(_url);
        command.Add(_seed);
        command.Add(_viaProxy);
        command.Add(_dest);
    }

    public string Folder(ParseResult parsed) => parsed.GetRequiredValue(_dest);

    /// <summary>Which site is meant; checked before anything is started.</summary>
    /// <exception cref="UsageException">There is no such site.</exception>
    public ServerKind Kind(ParseResult parsed)
    {
        var url = parsed.GetValue(_url);
        var isLabelGiven = parsed.GetResult(_server) is { Implicit: false };
        if (url is not null && !isLabelGiven)
            return ServerKind.REMOTE;

        var label = parsed.GetRequiredValue(_server).ToUpperInvariant();
        var labels = Enum.GetNames<ServerKind>();
        if (!labels.Contains(label))
            throw new UsageException($"--server LABEL must be one of {string.Join(", ", labels)}");
        return Enum.Parse<ServerKind>(label);
    }

    /// <summary>Starts the built-in server, or takes the address given.</summary>
    public Site Open(ParseResult parsed, Surroundings surroundings)
    {
        var (kind, url) = (Kind(parsed), parsed.GetValue(_url));
        var isViaProxy = parsed.GetValue(_viaProxy);
        if (kind is ServerKind.REMOTE && isViaProxy)
            throw new UsageException("--via-proxy is for the built-in servers; for another site run samples/ChaosProxy and give its address as --url");
        if (kind is ServerKind.REMOTE)
            return Site.At(RemoteUrl(url));
        if (url is not null)
            throw new UsageException($"--url BASE is the address of REMOTE; it cannot be used with --server {kind}");

        TimeSpan? delay = kind is ServerKind.LOCAL ? null : surroundings.ServerDelay;
        var behaviour = Behaviour.Of(kind, parsed.GetValue(_seed), delay);
        return (isViaProxy ? Site.BehindProxy(kind, behaviour) : Site.BuiltIn(kind, behaviour)).GetAwaiter().GetResult();
    }

    private static string RemoteUrl(string? url)
    {
        if (url is null)
            throw new UsageException("--server REMOTE needs --url BASE, the address that {cc}/{cc}.gif is added to");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new UsageException("--url BASE must be an http or https address, such as http://localhost:8001/flags");
        return url.TrimEnd('/');
    }
}
