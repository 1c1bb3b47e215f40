using System.Collections.Frozen;

namespace Flags;

/// <summary>The 194 countries whose flags are built in, and their images.</summary>
internal static class CountryTable
{
    private static readonly FrozenDictionary<string, Country> s_countries = Read();

    /// <summary>All codes in order, AD to ZW.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. s_countries.Keys.Order(StringComparer.Ordinal)];

    public static Country? Find(string code) => s_countries.GetValueOrDefault(code);

    /// <summary>The flag as a GIF.</summary>
    public static byte[] Image(string code)
    {
        using var stream = Open($"flags/{code.ToLowerInvariant()}.gif");
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    private static FrozenDictionary<string, Country> Read()
    {
        using var reader = new StreamReader(Open("countries.tsv"));
        reader.ReadLine();

        var countries = new List<Country>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is not [var iso, var gec, var tld, var name])
                throw new InvalidDataException($"countries.tsv: not four columns: '{line}'");
            countries.Add(new Country(tld, iso, name, gec));
        }

        return countries.ToFrozenDictionary(country => country.Code);
    }

    private static Stream Open(string name) =>
        typeof(CountryTable).Assembly.GetManifestResourceStream(name)
        ?? throw new FileNotFoundException($"The program was built without {name}.");
}
