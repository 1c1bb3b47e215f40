using System.Text.Json.Serialization;

namespace Flags;

/// <summary>What a server tells about a flag in its metadata.json; the names are those of the texts' data.</summary>
internal sealed record Country(
    [property: JsonPropertyName("tld_cc")] string TopLevelDomain,
    [property: JsonPropertyName("iso_cc")] string Code,
    [property: JsonPropertyName("country")] string Name,
    [property: JsonPropertyName("gec_cc")] string GecCode);
