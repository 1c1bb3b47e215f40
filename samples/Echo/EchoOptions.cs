using System.Globalization;

namespace Echoes;

/// <summary>What the command line says.</summary>
internal sealed record EchoOptions
{
    public required bool IsServer { get; init; }

    public bool UseProtocol { get; init; }

    public bool UseDatagrams { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 7007;

    public string? UnixPath { get; init; }

    public int Loops { get; init; } = 1;

    /// <summary>How often what arrives is hashed before it is sent back: a handler that computes.</summary>
    public int Work { get; init; }

    public IReadOnlyList<string> Words { get; init; } = [];

    /// <exception cref="FormatException">The command line is wrong; the message says how.</exception>
    public static EchoOptions Parse(string[] arguments)
    {
        var options = arguments switch
        {
            ["serve", ..] => new EchoOptions { IsServer = true },
            ["send", ..] => new EchoOptions { IsServer = false },
            [] => throw new FormatException("serve or send?"),
            [var other, ..] => throw new FormatException($"there is no command '{other}'"),
        };

        var words = new List<string>();
        for (var i = 1; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
                words.Add(arguments[i]);
            else if (i + 1 < arguments.Length)
                options = options.With(arguments[i], arguments[++i]);
            else
                throw new FormatException($"{arguments[i]} needs a value");
        }

        if (options.UseDatagrams && (options.UnixPath is not null || options.Loops > 1))
            throw new FormatException("--style udp has a host and a port, and one loop");
        if (options.UseDatagrams && options.Work > 0)
            throw new FormatException("--work is for the styles streams and protocol");
        return options.IsServer && words.Count > 0
            ? throw new FormatException($"serve takes no words: '{words[0]}'")
            : options with { Words = words };
    }

    private EchoOptions With(string name, string value) => (name, value) switch
    {
        ("--style", "streams" or "protocol" or "udp") => this with { UseProtocol = value == "protocol", UseDatagrams = value == "udp" },
        ("--style", _) => throw new FormatException($"--style is streams, protocol or udp, not '{value}'"),
        ("--host", _) => this with { Host = value },
        ("--unix", _) => this with { UnixPath = value },
        ("--port", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535 => this with { Port = port },
        ("--loops", _) when !IsServer => throw new FormatException("--loops is for serve"),
        ("--loops", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var loops) && loops is >= 1 and <= 1024 => this with { Loops = loops },
        ("--loops", _) => throw new FormatException($"--loops is a number from 1 to 1024, not '{value}'"),
        ("--work", _) when !IsServer => throw new FormatException("--work is for serve"),
        ("--work", _) when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds is >= 0 and <= 1_000_000 => this with { Work = rounds },
        ("--work", _) => throw new FormatException($"--work is a number from 0 to 1000000, not '{value}'"),
        ("--port", _) => throw new FormatException($"--port is a number from 0 to 65535, not '{value}'"),
        _ => throw new FormatException($"there is no option {name}"),
    };
}
