using System.Text;

namespace CharFinder;

/// <summary>What the program finds around it; the tests give their own.</summary>
/// <param name="Out">Where results go; the program flushes it before it ends.</param>
/// <param name="Error">Where troubles go.</param>
/// <param name="CacheFolder">Where the index is kept; null to keep none.</param>
internal sealed record Surroundings(TextWriter Out, TextWriter Error, string? CacheFolder)
{
    private const int BufferSize = 1 << 16;

    /// <summary>The process's own: UTF-8 whatever the terminal's language says, for that is what Unicode can be shown in.</summary>
    public static Surroundings OfProcess()
    {
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (!Console.IsOutputRedirected)
            Console.OutputEncoding = encoding;

        var output = new StreamWriter(Console.OpenStandardOutput(), encoding, BufferSize);
        return new Surroundings(output, Console.Error, IndexCache.UsualFolder());
    }

    /// <summary>The index for all who search in this process. Loading it begins with the first search.</summary>
    /// <param name="isCached">Whether it may be read from the cache folder and saved there.</param>
    public SharedIndex OpenIndex(bool isCached = true) =>
        new(() => new IndexCache(UnicodeNames.Shared, isCached ? CacheFolder : null, Error.WriteLine).Load());
}
