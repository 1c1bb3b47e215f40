using System.Runtime.CompilerServices;

namespace Tulip.Redis.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void WritingAProtocol_QuotesTheSources()
    {
        var root = Root();
        var sources = Directory.EnumerateFiles(Path.Combine(root, "src", "Tulip.Redis"), "*.cs", SearchOption.AllDirectories)
            .Select(static file => Squeezed(File.ReadAllText(file))).ToList();
        var blocks = File.ReadAllText(Path.Combine(root, "docs", "writing-a-protocol.md")).Split("```csharp\n").Skip(1)
            .Select(static rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToList();
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.True(sources.Exists(source => source.Contains(Squeezed(block), StringComparison.Ordinal)), block));
    }

    private static string Squeezed(string code) => string.Concat(code.Where(static c => !char.IsWhiteSpace(c)));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
