using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Flags;

/// <summary>Makes options read their numbers so that a wrong one is told in plain words.</summary>
internal static class Numbers
{
    public static Option<int> Whole(this Option<int> option)
    {
        option.CustomParser = result => Parse(result, ParseWhole) ?? 0;
        return option;
    }

    public static Option<int?> Whole(this Option<int?> option)
    {
        option.CustomParser = result => Parse(result, ParseWhole);
        return option;
    }

    public static Option<double?> Real(this Option<double?> option)
    {
        option.CustomParser = result => Parse(result, ParseReal);
        return option;
    }

    private static int? ParseWhole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double? ParseReal(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Parse<T>(ArgumentResult result, Func<string, T?> parse)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (parse(text) is { } number)
            return number;

        var option = ((OptionResult)result.Parent!).Option;
        result.AddError($"{option.Name} {option.HelpName} must be a {(typeof(T) == typeof(int) ? "whole number" : "number")}, not '{text}'");
        return null;
    }
}
