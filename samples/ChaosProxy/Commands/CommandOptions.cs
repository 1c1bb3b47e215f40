using System.CommandLine;
using System.CommandLine.Parsing;
using Samples;

namespace ChaosProxy;

/// <summary>The options of the command line.</summary>
internal sealed class CommandOptions
{
    private const int MostBytes = 16 * 1024 * 1024;

    private static readonly ProxyOptions s_usual = new();

    private readonly Option<string> _protocol = Text("--protocol", "NAME", "tcp, or http: what the proxy understands of what it passes on", "tcp");
    private readonly Option<string> _backend = Text("--backend", "HOST:PORT", "the server that is proxied", s_usual.Backend.ToString());
    private readonly Option<string> _proxy = Text("--proxy", "HOST:PORT", "where clients connect; port 0 takes a free one", s_usual.Proxy.ToString());
    private readonly Option<string> _behavior = Text("--behavior", "LIST", $"percentage:name,…; what is missing to 100 is dummy. Names: {string.Join(", ", BehaviourNames.All)}", "100:dummy");
    private readonly Option<int?> _seed = new Option<int?>("--seed") { HelpName = "N", Description = "for behaviors that repeat: with http each path always has the same [default: another each time]" }.WholeFrom(0);
    private readonly Option<double> _timeout = Seconds("--timeout", "how long a connection may be idle, and the backend silent", s_usual.Timeout);
    private readonly Option<bool> _stayConnected = new("--stay-connected") { Description = "keep idle connections beyond the timeout" };
    private readonly Option<int> _bufferSize = Whole("--bufsize", "BYTES", "how many bytes at most are a piece of data", s_usual.BufferSize, least: 1);
    private readonly Option<int> _backlog = Whole("--backlog", "N", "how many clients may wait to be accepted", s_usual.Backlog, least: 1);
    private readonly Option<int> _poolMaxSize = Whole("--pool-max-size", "N", "how many connections to the backend there are at most", s_usual.PoolMaxSize, least: 1);
    private readonly Option<double> _poolTimeout = Seconds("--pool-timeout", "how long a client waits for one of them", s_usual.PoolTimeout);
    private readonly Option<string> _overwritesHost = Text("--protocol-http-overwrite-host-header", "BOOL", "whether Host becomes the backend's", "true");
    private readonly Option<bool> _control = new("--http") { Description = "serve /behavior, /behaviors and /statistics, to ask and change behaviors while it runs" };
    private readonly Option<string> _controlHost = Text("--http-host", "HOST", "where", "localhost");
    private readonly Option<int> _controlPort = Whole("--http-port", "PORT", "at which port; 0 takes a free one", 8080, least: 0);
    private readonly Option<bool> _statistics = new("--statistics") { Description = "show what happens, as a table on a terminal; elsewhere a line at the end" };
    private readonly Option<string> _logLevel = Text("--log-level", "LEVEL", "debug, info, warning, error or critical", "info");
    private readonly List<(Option<string?> Option, Behaviour Behaviour, string Name)> _behaviourOptions;

    public CommandOptions()
    {
        _behaviourOptions =
        [
            .. OptionsOf(Behaviour.Delay, ("sleep", "S", "how long, in seconds [default: 1]"), ("before", "BOOL", "before the backend is called, or after [default: true]")),
            .. OptionsOf(Behaviour.Error, ("inject", "BOOL", "tcp: put errors into the data rather than in their place [default: false]"), ("warmup", "N", "how many calls go through first [default: 0]")),
            .. OptionsOf(Behaviour.Transient, ("agitate", "N", "how many calls fail before the others go through [default: 1]")),
        ];
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_protocol, _backend, _proxy, _behavior])
            command.Add(option);
        foreach (var (option, _, _) in _behaviourOptions)
            command.Add(option);
        foreach (var option in (Option[])
                 [
                     _seed, _timeout, _stayConnected, _bufferSize, _backlog, _poolMaxSize, _poolTimeout, _overwritesHost,
                     _control, _controlHost, _controlPort, _statistics, _logLevel,
                 ])
        {
            command.Add(option);
        }
    }

    public bool ShowsStatistics(ParseResult parsed) => parsed.GetValue(_statistics);

    public LogLevel LevelOf(ParseResult parsed) =>
        Enum.TryParse<LogLevel>(parsed.GetRequiredValue(_logLevel), ignoreCase: true, out var level) && Enum.IsDefined(level)
            ? level
            : throw new UsageException($"--log-level LEVEL must be one of {string.Join(", ", Enum.GetNames<LogLevel>().Select(name => name.ToLowerInvariant()))}");

    /// <exception cref="UsageException">Something cannot be done.</exception>
    public ProxyOptions Read(ParseResult parsed)
    {
        var bufferSize = parsed.GetValue(_bufferSize);
        if (bufferSize > MostBytes)
            throw new UsageException($"--bufsize BYTES must be {MostBytes} or less");
        if (parsed.GetValue(_controlPort) > System.Net.IPEndPoint.MaxPort)
            throw new UsageException("--http-port PORT must be 65535 or less");

        return new ProxyOptions
        {
            Protocol = Parse(parsed, _protocol, ParseProtocol),
            Backend = Parse(parsed, _backend, HostAndPort.Parse),
            Proxy = Parse(parsed, _proxy, HostAndPort.Parse),
            Behaviours = Parse(parsed, _behavior, BehaviourMix.Parse),
            BehaviourOptions = ReadBehaviours(parsed),
            Seed = parsed.GetValue(_seed),
            Timeout = parsed.GetValue(_timeout),
            StayConnected = parsed.GetValue(_stayConnected),
            BufferSize = bufferSize,
            Backlog = parsed.GetValue(_backlog),
            PoolMaxSize = parsed.GetValue(_poolMaxSize),
            PoolTimeout = parsed.GetValue(_poolTimeout),
            OverwritesHostHeader = Parse(parsed, _overwritesHost, BehaviourOptions.Flag),
            Control = parsed.GetValue(_control) ? new HostAndPort(parsed.GetRequiredValue(_controlHost), parsed.GetValue(_controlPort)) : null,
        };
    }

    private BehaviourOptions ReadBehaviours(ParseResult parsed)
    {
        var options = s_usual.BehaviourOptions;
        foreach (var (option, _, name) in _behaviourOptions)
        {
            if (parsed.GetValue(option) is { } value)
                options = Checked(option, () => options.With(name, value));
        }

        return options;
    }

    private static ProxyProtocol ParseProtocol(string name) => name switch
    {
        "tcp" => ProxyProtocol.Tcp,
        "http" => ProxyProtocol.Http,
        _ => throw new FormatException($"the protocols are tcp and http, not '{name}'"),
    };

    private static T Parse<T>(ParseResult parsed, Option<string> option, Func<string, T> parse) =>
        Checked(option, () => parse(parsed.GetRequiredValue(option)));

    private static T Checked<T>(Option option, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{option.Name} {option.HelpName}: {exception.Message}");
        }
    }

    private static IEnumerable<(Option<string?> Option, Behaviour Behaviour, string Name)> OptionsOf(
        Behaviour behaviour, params (string Name, string Value, string Description)[] options) =>
        options.Select(option => (
            new Option<string?>($"--behavior-{BehaviourNames.NameOf(behaviour)}-{option.Name}") { HelpName = option.Value, Description = option.Description },
            behaviour,
            option.Name));

    private static Option<string> Text(string name, string value, string description, string usual) =>
        new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => usual };

    private static Option<int> Whole(string name, string value, string description, int usual, int least) =>
        new Option<int>(name) { HelpName = value, Description = description, DefaultValueFactory = _ => usual }.WholeFrom(least);

    private static Option<double> Seconds(string name, string description, double usual) =>
        new Option<double>(name) { HelpName = "S", Description = description, DefaultValueFactory = _ => usual }.Seconds();
}
