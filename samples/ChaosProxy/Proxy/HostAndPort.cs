using System.Globalization;
using System.Net;

namespace ChaosProxy;

/// <summary>An address such as <c>localhost:8000</c> or <c>[::1]:8000</c>.</summary>
internal readonly record struct HostAndPort(string Host, int Port)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static HostAndPort Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (host is ['[', .. var address, ']'])
            host = address;
        else if (host.Contains(':'))
            host = "";

        return host.Length > 0 && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? new HostAndPort(host, port)
            : throw new FormatException($"an address is HOST:PORT, such as localhost:8000 or [::1]:8000, not '{text}'");
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
