using System.Text.RegularExpressions;

namespace Tulip.Extras.Tests.Docs;

/// <summary>docs/from-asyncio.md says the truth, and leaves nothing out.</summary>
public sealed class FromAsyncioTests
{
    [Fact]
    public void Rows_HaveAStateThatIsExplained()
    {
        Assert.True(FromAsyncio.Rows.Count > 100, "The tables were not found.");
        AssertNone(
            "without a state, or without what its state needs",
            row => row.State switch
            {
                "here" => row.Names.Any(),
                "later" => true,
                "not" => row.Notes.Length > 0 && row.Tulip.Length == 0,
                _ => false,
            });
    }

    [Fact]
    public void Names_HaveTheFormOfNames()
        => AssertNone("with something else than names in the second column", row => row.Rest.Length == 0 && row.Names.All(ApiNames.IsName));

    [Fact]
    public void NamesThatAreHere_Exist()
        => AssertNames("said to be here, which do not exist", FromAsyncio.Rows.Where(row => row.State == "here"), ApiNames.Exists);

    [Fact]
    public void NamesThatAreToCome_DoNotExistYet()
        => AssertNames("said to come later, which exist: write here", FromAsyncio.Rows.Where(row => row.State == "later"), name => !ApiNames.Exists(name));

    [Fact]
    public void NamesOfAsyncio_AreAllThere()
    {
        var missing = new List<string>();
        foreach (var line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "asyncio-names.txt")))
        {
            var colon = line.IndexOf(':');
            var owner = line[..colon];
            foreach (var name in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!FromAsyncio.Rows.Any(row => row.SourceWords is var words && words.Contains(name) && (owner == "asyncio" || words.Contains(owner))))
                    missing.Add($"{owner}.{name}");
            }
        }

        Assert.True(missing.Count == 0, $"Not in docs/from-asyncio.md: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Links_LeadSomewhere()
    {
        var text = File.ReadAllText(Path.Combine(FromAsyncio.Folder, "from-asyncio.md"));
        foreach (Match link in Regex.Matches(text, @"\]\(([^)#]+)"))
            Assert.True(File.Exists(Path.Combine(FromAsyncio.Folder, link.Groups[1].Value)), link.Value);
    }

    [Theory]
    [InlineData("Aio.Run(main, debug)", true)]
    [InlineData("Aio.Run(main, nonsense)", false)]
    [InlineData("Aio.Nonsense", false)]
    [InlineData("Nonsense", false)]
    [InlineData("EventLoop(clock, engine)", true)]
    [InlineData("EventLoop(nonsense)", false)]
    [InlineData("EventLoop.CreateTask(coroutine, name)", true)]
    [InlineData("EventLoop.CreateTask(loop)", false)]
    [InlineData("EventLoop.TaskFactory", true)]
    [InlineData("EventLoop.Clock", true)]
    [InlineData("EventLoop.Timers", false)]
    [InlineData("Runner.AddSignalHandler", false)]
    [InlineData("Future", true)]
    [InlineData("Future<T>.SetResult(result)", true)]
    [InlineData("Future.SetResult", false)]
    [InlineData("AsyncTask<T>.Done", true)]
    [InlineData("AsyncTask", false)]
    [InlineData("AsCompletedSequence<TFuture, T>", true)]
    [InlineData("ReturnWhen.FirstCompleted", true)]
    [InlineData("TaskRegistry", false)]
    [InlineData("TimeoutException", true)]
    public void Exists_KnowsWhatThereIs(string name, bool exists)
    {
        Assert.True(ApiNames.IsName(name));
        Assert.Equal(exists, ApiNames.Exists(name));
    }

    private static void AssertNone(string what, Func<Row, bool> isGood)
    {
        var bad = FromAsyncio.Rows.Where(row => !isGood(row)).Select(row => $"line {row.Line}: {row.Source}").ToArray();
        Assert.True(bad.Length == 0, $"Rows {what}:\n{string.Join('\n', bad)}");
    }

    private static void AssertNames(string what, IEnumerable<Row> rows, Func<string, bool> isGood)
    {
        var bad = rows.SelectMany(row => row.Names.Where(name => !isGood(name)).Select(name => $"line {row.Line}: {name}")).ToArray();
        Assert.True(bad.Length == 0, $"Names {what}:\n{string.Join('\n', bad)}");
    }
}
