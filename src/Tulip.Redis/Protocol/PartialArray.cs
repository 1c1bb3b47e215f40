namespace Tulip.Redis;

/// <summary>An array that is being received.</summary>
internal sealed class PartialArray(RedisType type, int length, bool isAttributes)
{
    /// <summary>What a part takes in memory beside its text.</summary>
    public const int PartSize = 32;

    private const int Trusted = 256;

    private RedisValue[] _parts = new RedisValue[Math.Min(length, Trusted)];
    private int _count;

    /// <summary>Whether it tells about the value that follows, rather than being one.</summary>
    public bool IsAttributes => isAttributes;

    /// <summary>What was told about the next part.</summary>
    public RedisValue[]? Attributes { get; set; }

    public RedisValue[] Parts => _parts;

    /// <summary>Adds a part; true if it was the last.</summary>
    public bool Add(in RedisValue part)
    {
        if (_count == _parts.Length)
            Array.Resize(ref _parts, (int)Math.Min(length, 2L * _count));
        _parts[_count++] = Attributes is null ? part : part.With(Attributes);
        Attributes = null;
        return _count == length;
    }

    public RedisValue ToValue() => RedisValue.OfParts(type, _parts);
}
