// Assets: the files that pages need, from within the program.
// Thread: any; nothing changes once it is made.
//   1. An address has the file's fingerprint, so that a browser may keep it for good and a new program has new addresses.
//   2. A script names the others that it imports without one; those are answered too, and asked for again each time.
using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace CharFinder;

/// <summary>A file that pages need.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Tag">Differs when the bytes do; fit for <c>ETag</c>.</param>
internal sealed record Asset(byte[] Bytes, string Type, string Tag);

/// <summary>The files that pages need: scripts, styles, the icon. Nothing comes from anywhere else.</summary>
internal static class Assets
{
    /// <summary>The folder in which browsers see them.</summary>
    public const string Folder = "/assets";

    private const string Prefix = "assets/";

    private static readonly FrozenDictionary<string, Asset> s_all = LoadAll();

    /// <summary>The file of that name; null if there is none.</summary>
    public static Asset? Find(string name) => s_all.GetValueOrDefault(name);

    /// <summary>Where browsers find the file.</summary>
    public static string Address(string name) => $"{Folder}/{name}?{s_all[name].Tag.Trim('"')}";

    private static FrozenDictionary<string, Asset> LoadAll()
    {
        var program = Assembly.GetExecutingAssembly();
        return program.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => Load(program, name));
    }

    private static Asset Load(Assembly program, string name)
    {
        using var resource = program.GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var tag = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(..8));
        return new Asset(bytes, TypeOf(Path.GetExtension(name)), $"\"{tag}\"");
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".js" => "text/javascript; charset=UTF-8",
        ".css" => "text/css; charset=UTF-8",
        ".svg" => "image/svg+xml",
        _ => throw new NotSupportedException($"No media type is known for '{extension}'."),
    };
}
