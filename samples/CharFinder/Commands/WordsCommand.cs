using System.CommandLine;
using Samples;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary><c>charfinder words</c>: how many characters each word of the index has.</summary>
internal static class WordsCommand
{
    public static Command Create(Func<ParseResult, SharedIndex> openIndex, Surroundings surroundings)
    {
        var top = new Option<int?>("--top")
        {
            HelpName = "N",
            Description = "only the N most frequent words",
        }.WholeFrom(0);
        var command = new Command("words", "Print the words that can be searched for, and how many characters have them.") { top };
        command.SetAction(parsed => Run(Print(openIndex(parsed), parsed.GetValue(top) ?? int.MaxValue, surroundings.Out)));
        return command;
    }

    private static async Coroutine<int> Print(SharedIndex index, int top, TextWriter output)
    {
        foreach (var (count, word) in (await index.Get()).CountWords().Take(top))
            output.WriteLine($"{count,5} {word}");
        return ExitCode.Done;
    }
}
