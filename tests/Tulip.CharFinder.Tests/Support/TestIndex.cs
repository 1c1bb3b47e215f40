using CharFinder;

namespace Tulip.CharFinder.Tests;

/// <summary>Indexes that many tests search.</summary>
internal static class TestIndex
{
    /// <summary>Of all characters.</summary>
    public static CharIndex Whole { get; } = CharIndex.Build(UnicodeNames.Shared);

    /// <summary>Of four: nine words.</summary>
    public static CharIndex Sample { get; } = Of(0x265C, 0x20A0, 0xAE, 0x2656, 0x3A, 0xAE);

    public static CharIndex Of(params IEnumerable<int> codes) => CharIndex.Build(UnicodeNames.Shared, codes);
}
