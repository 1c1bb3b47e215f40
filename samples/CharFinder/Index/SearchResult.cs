namespace CharFinder;

/// <summary>What a search found, ascending by code point. Only ranges are kept: a page of results is made when it is looked at,
/// so a page from the middle of a hundred thousand costs what one from the start costs. Any thread.</summary>
/// <remarks>
/// A coroutine with much to send goes through <see cref="Pages"/> and awaits between them, so that others have their turn:
/// <code>
/// foreach (var page in result.Pages(SearchResult.UsualPageSize))
/// {
///     foreach (var found in page)
///         output.WriteLine(ResultText.Line(found));
///     await Sleep(0);
/// }
/// </code>
/// </remarks>
internal sealed class SearchResult
{
    /// <summary>A page that is written in well under a millisecond.</summary>
    public const int UsualPageSize = 500;

    private readonly UnicodeNames _names;
    private readonly CodeRange[] _ranges;

    /// <summary>A result of ascending ranges.</summary>
    public SearchResult(string query, UnicodeNames names, CodeRange[] ranges)
    {
        Query = query;
        _names = names;
        _ranges = ranges;
        Count = ranges.Sum(range => range.Count);
    }

    /// <summary>What was asked for, as it was written.</summary>
    public string Query { get; }

    /// <summary>How many characters were found, on all pages.</summary>
    public int Count { get; }

    /// <summary>The results from number <paramref name="start"/>, counted from 0, up to but without <paramref name="stop"/>, as
    /// Python's slices: what is not there is left out.</summary>
    /// <param name="start">Not negative.</param>
    /// <param name="stop">Not negative; null for all.</param>
    public IEnumerable<FoundChar> Page(int start = 0, int? stop = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(stop ?? 0, nameof(stop));
        return Enumerate(start, Math.Min(stop ?? Count, Count));
    }

    /// <summary>The same in pages of <paramref name="size"/> results, each made when it is enumerated.</summary>
    public IEnumerable<IEnumerable<FoundChar>> Pages(int size, int start = 0, int? stop = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(stop ?? 0, nameof(stop));
        return Split(size, start, Math.Min(stop ?? Count, Count));
    }

    private IEnumerable<IEnumerable<FoundChar>> Split(int size, int start, int stop)
    {
        for (var first = start; first < stop; first += Math.Min(size, stop - first))
            yield return Enumerate(first, first + Math.Min(size, stop - first));
    }

    private IEnumerable<FoundChar> Enumerate(int start, int stop)
    {
        var number = 0;
        foreach (var range in _ranges)
        {
            if (number >= stop)
                yield break;

            var first = Math.Max(start - number, 0);
            var last = Math.Min(stop - number, range.Count);
            for (var offset = first; offset < last; offset++)
                yield return new FoundChar(range.First + offset, _names.NameOf(range.First + offset)!);
            number += range.Count;
        }
    }
}
