namespace Stages;

/// <summary>What the site says instead of an answer.</summary>
internal sealed class SiteException(int status, string reason) : Exception($"HTTP error {status} - {reason}")
{
    public bool IsNotFound => status == 404;
}
