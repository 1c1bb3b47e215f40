using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace CharFinder;

/// <summary>Makes options read their numbers so that a wrong one is told in plain words.</summary>
internal static class Numbers
{
    /// <summary>Takes whole numbers from 0.</summary>
    public static Option<int?> Count(this Option<int?> option)
    {
        option.CustomParser = Parse;
        return option;
    }

    private static int? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;

        var option = ((OptionResult)result.Parent!).Option;
        result.AddError($"{option.Name} {option.HelpName} must be a whole number, 0 or more, not '{text}'");
        return null;
    }
}
