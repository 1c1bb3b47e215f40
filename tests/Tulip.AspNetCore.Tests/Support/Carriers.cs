using Tulip.Engines;

namespace Tulip.AspNetCore.Tests.Support;

/// <summary>What carries the connections of a server under test: stock sockets, or Tulip on one of its engines.</summary>
public static class Carriers
{
    public const string Sockets = "sockets";

    /// <summary>Stock Kestrel first: what it does is what the others have to do.</summary>
    public static TheoryData<string> All => Of([Sockets, .. EngineSelector.Names]);

    /// <summary>Tulip on each of its engines.</summary>
    public static TheoryData<string> Tulip => Of(EngineSelector.Names);

    private static TheoryData<string> Of(IEnumerable<string> names)
    {
        var data = new TheoryData<string>();
        foreach (var name in names)
            data.Add(new TheoryDataRow<string>(name) { Skip = WhyNot(name) });
        return data;
    }

    private static string? WhyNot(string name)
    {
        if (name == Sockets)
            return null;

        try
        {
            EngineSelector.Create(name).Dispose();
            return null;
        }
        catch (PlatformNotSupportedException exception)
        {
            return $"The engine does not work here: {exception.Message}";
        }
    }
}
