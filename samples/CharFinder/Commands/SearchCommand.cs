using System.CommandLine;
using System.CommandLine.Parsing;
using Samples;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary><c>charfinder WORD…</c>: prints the characters that have all the words in their names.</summary>
internal static class SearchCommand
{
    public static void AddTo(RootCommand root, Func<ParseResult, SharedIndex> openIndex, Surroundings surroundings)
    {
        var words = new Argument<string[]>("WORD")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "words of the name, in any order and case; all must be there",
        };
        var start = new Option<int?>("--start")
        {
            HelpName = "N",
            Description = "leave out the first N results",
        }.WholeFrom(0);
        var stop = new Option<int?>("--stop")
        {
            HelpName = "N",
            Description = "stop before result N, counted from 0: --start 20 --stop 30 prints ten",
        }.WholeFrom(0);
        var style = new Option<OutputStyle>("--style")
        {
            HelpName = "STYLE",
            Description = "charfinder: the status in brackets last; mojifinder: a rule and the number found last",
            CustomParser = result => Enum.TryParse<OutputStyle>(result.Tokens[0].Value, ignoreCase: true, out var value)
                && Enum.GetNames<OutputStyle>().Contains(result.Tokens[0].Value, StringComparer.OrdinalIgnoreCase)
                    ? value : Refuse(result),
        };

        words.Validators.Add(RefuseOptions);
        root.Add(words);
        root.Add(start);
        root.Add(stop);
        root.Add(style);
        root.SetAction(parsed =>
        {
            var query = string.Join(' ', parsed.GetValue(words) ?? []);
            var chosen = parsed.GetValue(style);
            if (string.IsNullOrWhiteSpace(query))
                return RefuseToSearch(chosen, surroundings.Out);

            return Run(Print(openIndex(parsed), query, parsed.GetValue(start) ?? 0, parsed.GetValue(stop), chosen, surroundings.Out));
        });
    }

    private static async Coroutine<int> Print(SharedIndex index, string query, int start, int? stop, OutputStyle style, TextWriter output)
    {
        var result = await index.Search(query);
        foreach (var page in result.Pages(SearchResult.UsualPageSize, start, stop))
        {
            foreach (var found in page)
                output.WriteLine(style is OutputStyle.CharFinder ? ResultText.Line(found) : ResultText.PlainLine(found));

            // Lets Ctrl-C in.
            await Sleep(0);
        }

        output.WriteLine(style is OutputStyle.CharFinder ? $"({ResultText.Status(result)})" : ResultText.Rule(result));
        return ExitCode.Done;
    }

    private static int RefuseToSearch(OutputStyle style, TextWriter output)
    {
        if (style is OutputStyle.MojiFinder)
        {
            output.WriteLine("Please give one or more words to search.");
            return ExitCode.NoWords;
        }

        CharFinderApp.WriteUsage(output);
        return ExitCode.Trouble;
    }

    // What looks like an option and is none would otherwise be a word.
    private static void RefuseOptions(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (token.Value.StartsWith('-'))
                result.AddError($"there is no option '{token.Value}'");
        }
    }

    private static OutputStyle Refuse(ArgumentResult result)
    {
        result.AddError("--style STYLE must be charfinder or mojifinder");
        return default;
    }
}
