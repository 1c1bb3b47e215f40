namespace Crawler;

/// <summary>Addresses in the form in which two that mean the same are equal.</summary>
internal static class Addresses
{
    /// <summary>A link as written on a page, absolute; null if it does not lead to a page (<c>mailto:</c>, a typing error).</summary>
    public static Uri? Resolve(Uri page, string? link)
    {
        if (string.IsNullOrWhiteSpace(link) || !Uri.TryCreate(page, link.Trim(), out var address))
            return null;
        return Normalize(address);
    }

    /// <summary>Without fragment and user, the host in lower case and ASCII, dots in the path resolved; null if it is not HTTP.</summary>
    public static Uri? Normalize(Uri address)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
            return null;

        try
        {
            var port = address.IsDefaultPort ? "" : $":{address.Port}";
            var host = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
            return new Uri($"{address.Scheme}://{host.ToLowerInvariant()}{port}{address.PathAndQuery}");
        }
        catch (UriFormatException)
        {
            // Names that no server can have show only when they are to be written in ASCII.
            return null;
        }
    }

    /// <summary>What pages of one site have in common: scheme, host and port.</summary>
    public static string SiteOf(Uri address) => address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
