using System.Text;
using Tulip;
using static Tulip.Aio;

namespace Stages;

/// <summary>
/// A site of flags inside the program: an image and metadata for each country, each answered after a while, with callbacks
/// or to coroutines. Loop thread only.
/// </summary>
/// <param name="loop">The loop whose timers answer.</param>
/// <param name="delay">How long an answer takes, in seconds.</param>
/// <param name="refused">Codes whose metadata the site refuses to give.</param>
internal sealed class FlagSite(EventLoop loop, double delay, IReadOnlySet<string> refused)
{
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["BD"] = "Bangladesh",
        ["BR"] = "Brazil",
        ["CD"] = "Democratic Republic of the Congo",
        ["CN"] = "China",
        ["DE"] = "Germany",
        ["EG"] = "Egypt",
        ["ET"] = "Ethiopia",
        ["FR"] = "France",
        ["ID"] = "Indonesia",
        ["IN"] = "India",
        ["IR"] = "Iran",
        ["JP"] = "Japan",
        ["MX"] = "Mexico",
        ["NG"] = "Nigeria",
        ["PH"] = "Philippines",
        ["PK"] = "Pakistan",
        ["RU"] = "Russia",
        ["TR"] = "Turkey",
        ["US"] = "United States",
        ["VN"] = "Vietnam",
    };

    /// <summary>The codes of the site, in order.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. s_names.Keys];

    /// <summary>How many requests were made.</summary>
    public int Requests { get; private set; }

    /// <summary>How many requests wait for an answer now.</summary>
    public int InFlight { get; private set; }

    /// <summary>The most requests that ever waited at the same time.</summary>
    public int MostInFlight { get; private set; }

    public void GetFlag(string code, Action<byte[]> onImage, Action<SiteException> onError) => Answer(() => Image(code), onImage, onError);

    public void GetCountry(string code, Action<string> onName, Action<SiteException> onError) => Answer(() => Name(code), onName, onError);

    public Coroutine<byte[]> GetFlag(string code) => Answer(() => Image(code));

    public Coroutine<string> GetCountry(string code) => Answer(() => Name(code));

    private static byte[] Image(string code) =>
        s_names.ContainsKey(code) ? Encoding.ASCII.GetBytes($"GIF89a {code}") : throw new SiteException(404, "Not Found");

    private string Name(string code) =>
        refused.Contains(code) ? throw new SiteException(503, "Service Unavailable") : s_names[code];

    private void Answer<T>(Func<T> make, Action<T> onAnswer, Action<SiteException> onError)
    {
        Begin();
        loop.CallLater(delay, () =>
        {
            InFlight--;
            T answer;
            try
            {
                answer = make();
            }
            catch (SiteException exception)
            {
                onError(exception);
                return;
            }

            onAnswer(answer);
        });
    }

    private async Coroutine<T> Answer<T>(Func<T> make)
    {
        Begin();
        try
        {
            await Sleep(delay);
            return make();
        }
        finally
        {
            InFlight--;
        }
    }

    private void Begin()
    {
        Requests++;
        InFlight++;
        MostInFlight = Math.Max(MostInFlight, InFlight);
    }
}
