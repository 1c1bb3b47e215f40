using Tulip.Architecture.Tests.Reading;

namespace Tulip.Architecture.Tests.Documents;

/// <summary>Documents say what the code says, and lead to where something is.</summary>
public sealed class DocumentTests
{
    private static readonly string[] s_notOurs = ["bin", "obj", "node_modules", "TestResults"];

    [Fact]
    public void Documents_QuoteTheCodeAsItIs() => Expect.None(
        [.. Documents().SelectMany(path => QuotedCode.Violations(path, Read(path)!, Read))]);

    [Fact]
    public void Tutorial_QuotesPrograms() => Assert.InRange(QuotedCode.Count(Read("docs/tutorial.md")!), 10, 100);

    [Fact]
    public void Documents_LinkToWhatIsThere() => Expect.None(
        [.. Documents().SelectMany(path => RelativeLinks.Broken(path, Read(path)!, target => Path.Exists(Repository.PathOf(target))))]);

    [Theory]
    [InlineData("    a\n\n        b\n    c\n", "a\n\n    b\nc", true)]
    [InlineData("    a\n    b\n", "a\nc", false)]
    [InlineData("    a\n      b\n", "a\nb", false)]
    [InlineData("a\n", "", false)]
    public void QuotedCode_IsComparedLineByLine(string source, string quoted, bool isThere) => Assert.Equal(
        isThere ? [] : ["d.md:2 quotes x.cs, which reads differently now"],
        QuotedCode.Violations("d.md", $"text\n<!-- code: x.cs -->\n```csharp\n{quoted}{(quoted.Length > 0 ? "\n" : "")}```\n", path => path == "x.cs" ? source : null));

    [Fact]
    public void QuotedCode_WithoutASourceOrAFence_IsTold() => Assert.Equal(
        ["d.md:1 quotes y.cs, which is not there", "d.md:5 says that code of x.cs follows, and none does"],
        QuotedCode.Violations("d.md", "<!-- code: y.cs -->\n```\na\n```\n<!-- code: x.cs -->\ntext", path => path == "x.cs" ? "a" : null));

    [Fact]
    public void RelativeLinks_FindsWhatLeadsNowhere() => Assert.Equal(
        ["docs/d.md links to missing.md, which is not there", "docs/d.md links to its heading #no-such, which is not there"],
        RelativeLinks.Broken(
            "docs/d.md",
            "# A heading: it's *here*\n[a](there.md#x) [b](missing.md) [c](#a-heading-its-here) [d](#no-such) [e](https://example.org/f)\n```\n[g](h)\n```\n",
            path => path == Path.Combine("docs", "there.md")));

    private static IEnumerable<string> Documents() => Directory
        .EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(s_notOurs.Contains))
        .Order(StringComparer.Ordinal);

    private static string? Read(string path) => File.Exists(Repository.PathOf(path)) ? File.ReadAllText(Repository.PathOf(path)) : null;
}
