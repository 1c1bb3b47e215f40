using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Samples;

/// <summary>Makes options read their numbers so that a wrong one is told in plain words.</summary>
internal static class Numbers
{
    /// <summary>Takes any whole number.</summary>
    public static Option<int> Whole(this Option<int> option)
    {
        option.CustomParser = result => Parse<int>(result, null, NumberStyles.AllowLeadingSign, "a whole number") ?? 0;
        return option;
    }

    /// <inheritdoc cref="Whole(Option{int})"/>
    public static Option<int?> Whole(this Option<int?> option)
    {
        option.CustomParser = result => Parse<int>(result, null, NumberStyles.AllowLeadingSign, "a whole number");
        return option;
    }

    /// <summary>Takes any number.</summary>
    public static Option<double?> Real(this Option<double?> option)
    {
        option.CustomParser = result => Parse<double>(result, null, NumberStyles.Float, "a number");
        return option;
    }

    /// <summary>Takes whole numbers from a least one.</summary>
    public static Option<int> WholeFrom(this Option<int> option, int least)
    {
        option.CustomParser = result => Parse<int>(result, least, NumberStyles.AllowLeadingSign, "a whole number") ?? 0;
        return option;
    }

    /// <inheritdoc cref="WholeFrom(Option{int}, int)"/>
    public static Option<int?> WholeFrom(this Option<int?> option, int least)
    {
        option.CustomParser = result => Parse<int>(result, least, NumberStyles.AllowLeadingSign, "a whole number");
        return option;
    }

    /// <summary>Takes seconds, 0 or more.</summary>
    public static Option<double> Seconds(this Option<double> option, double most = 3600)
    {
        option.CustomParser = result =>
        {
            var seconds = Parse<double>(result, 0, NumberStyles.Float, "a number of seconds") ?? 0;
            if (seconds > most || double.IsNaN(seconds))
                result.AddError($"{NameOf(result)} must be {most} seconds or less");
            return seconds;
        };
        return option;
    }

    private static T? Parse<T>(ArgumentResult result, T? least, NumberStyles styles, string kind)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) && !(number < least))
            return number;

        result.AddError($"{NameOf(result)} must be {kind}{(least is null ? "" : $", {least} or more")}, not '{text}'");
        return null;
    }

    private static string NameOf(ArgumentResult result)
    {
        var option = ((OptionResult)result.Parent!).Option;
        return $"{option.Name} {option.HelpName}";
    }
}
