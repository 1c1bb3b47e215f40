using Samples;

namespace Flags;

/// <summary>Which codes a command line asks for.</summary>
internal static class CountryCodes
{
    /// <summary>The 20 most populous countries when the texts were written, most populous first.</summary>
    private const string MostPopulous = "CN IN US ID BR PK NG BD RU JP MX PH VN ET EG DE IR TR CD FR";

    /// <summary>The 20 in alphabetical order, as every program takes them.</summary>
    public static IReadOnlyList<string> Pop20 { get; } = [.. MostPopulous.Split(' ').Order(StringComparer.Ordinal)];

    /// <summary>The codes in order; <paramref name="every"/> wins over <paramref name="all"/>, which wins over the arguments.</summary>
    /// <exception cref="UsageException">An argument is neither a letter nor two.</exception>
    public static IReadOnlyList<string> Select(bool every, bool all, IEnumerable<string> arguments, int limit)
    {
        var codes = every ? EveryCode() : all ? CountryTable.Codes : arguments.SelectMany(Expand);
        var selected = codes.Distinct().Order(StringComparer.Ordinal).Take(limit).ToList();

        // The limit is for what was asked: the default twenty are always twenty.
        return selected.Count > 0 ? selected : Pop20;
    }

    private static IEnumerable<string> EveryCode() => Letters().SelectMany(StartingWith);

    private static IEnumerable<string> Expand(string argument)
    {
        var code = argument.ToUpperInvariant();
        return code switch
        {
            [>= 'A' and <= 'Z'] => StartingWith(code[0]),
            [>= 'A' and <= 'Z', >= 'A' and <= 'Z'] => [code],
            _ => throw new UsageException("each CC argument must be A to Z or AA to ZZ."),
        };
    }

    private static IEnumerable<string> StartingWith(char first) => Letters().Select(second => $"{first}{second}");

    private static IEnumerable<char> Letters() => Enumerable.Range('A', 26).Select(letter => (char)letter);
}
