using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CharFinder;

/// <summary>What an address asks for: words, and which of their results.</summary>
/// <param name="Query">The words, without white space around them; empty if there are none.</param>
/// <param name="Start">How many results to leave out; not negative.</param>
/// <param name="Stop">The first result that is not wanted any more; null for all. Not negative.</param>
/// <param name="IsAgain">Whether more is asked of a search that was told before: it does not count as another.</param>
internal sealed record SearchRequest(string Query, int Start, int? Stop, bool IsAgain)
{
    /// <summary>More than anybody has words for.</summary>
    public const int LongestQuery = 1000;

    /// <summary>Reads an address's parameters.</summary>
    /// <param name="parameters">The part of the address after the question mark.</param>
    /// <param name="nameOfQuery">The parameter that has the words.</param>
    /// <exception cref="RequestException">One of them cannot be followed.</exception>
    public static SearchRequest Parse(IQueryCollection parameters, string nameOfQuery) => new(
        Words(parameters[nameOfQuery].ToString()), Number(parameters, "start") ?? 0, Number(parameters, "stop"), parameters.ContainsKey("again"));

    /// <summary>A query as it was written, made fit to search for.</summary>
    /// <exception cref="RequestException">It is too long.</exception>
    public static string Words(string text) => text.Length <= LongestQuery
        ? PythonText.Strip(text)
        : throw new RequestException($"a query has at most {LongestQuery} letters, not {text.Length}");

    private static int? Number(IQueryCollection parameters, string name)
    {
        var text = parameters[name].ToString();
        if (text.Length is 0)
            return null;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RequestException($"{name} must be a whole number, 0 or more, not {PythonText.Quote(text)}");
    }
}

/// <summary>A request that cannot be followed; the message says what to change.</summary>
internal sealed class RequestException(string message) : Exception(message);
