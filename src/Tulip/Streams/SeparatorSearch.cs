// SeparatorSearch: looks for separators in data that grows, without looking at the same byte over and over.
namespace Tulip;

internal struct SeparatorSearch
{
    private readonly byte[][] _separators;
    private readonly int _limit;
    private readonly int _shortest = int.MaxValue;
    private readonly int _longest;

    // No separator begins before here.
    private int _offset;

    public SeparatorSearch(byte[][] separators, int limit)
    {
        _separators = separators;
        _limit = limit;
        foreach (var separator in separators)
        {
            _shortest = Math.Min(_shortest, separator.Length);
            _longest = Math.Max(_longest, separator.Length);
        }
    }

    /// <summary>Where the separator that was found ends.</summary>
    public int MatchEnd { get; private set; }

    /// <summary>Looks at what there is now; true if a separator was found within the limit.</summary>
    /// <exception cref="LimitOverrunException">The limit was reached.</exception>
    public bool Find(ReadOnlySpan<byte> data)
    {
        if (data.Length - _offset < _shortest)
            return false;

        var start = FindFirst(data);
        if (start < 0)
        {
            // A separator may have begun within its own length of the end.
            _offset = Math.Max(0, data.Length + 1 - _longest);
            return _offset > _limit
                ? throw new LimitOverrunException("Separator is not found, and chunk exceed the limit", _offset)
                : false;
        }

        return start > _limit
            ? throw new LimitOverrunException("Separator is found, but chunk is longer than limit", start)
            : true;
    }

    private int FindFirst(ReadOnlySpan<byte> data)
    {
        var matchStart = -1;
        foreach (var separator in _separators)
        {
            var found = data[_offset..].IndexOf(separator);
            if (found < 0)
                continue;

            var start = _offset + found;
            var end = start + separator.Length;
            if (matchStart >= 0 && end >= MatchEnd)
                continue;
            matchStart = start;
            MatchEnd = end;
        }

        return matchStart;
    }
}
