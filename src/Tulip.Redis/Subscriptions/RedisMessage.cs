using System.Text;

namespace Tulip.Redis;

/// <summary>A message that was published.</summary>
/// <param name="Channel">The channel to which it was published.</param>
/// <param name="Payload">Its bytes.</param>
/// <param name="Pattern">The pattern that the channel fits, if the subscription is to patterns; else null.</param>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public sealed record RedisMessage(string Channel, ReadOnlyMemory<byte> Payload, string? Pattern = null)
{
    /// <summary>The payload as text (UTF-8).</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);
}
