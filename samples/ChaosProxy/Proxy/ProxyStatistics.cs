using System.Text.Json;

namespace ChaosProxy;

/// <summary>What a proxy has done so far.</summary>
internal sealed class ProxyStatistics
{
    private readonly long[] _behaviours = new long[BehaviourNames.All.Count];

    /// <summary>Clients connected at the moment.</summary>
    public int OpenConnections { get; private set; }

    /// <summary>Clients that have connected.</summary>
    public long Connections { get; private set; }

    /// <summary>Requests of HTTP that were read, well-formed or not.</summary>
    public long Requests { get; set; }

    /// <summary>Bytes passed on to the backend, without those of connections' own making.</summary>
    public long BytesToBackend { get; set; }

    /// <summary>Bytes passed on to clients.</summary>
    public long BytesToClients { get; set; }

    /// <summary>How often the backend refused, broke off or was too slow.</summary>
    public long BackendFailures { get; set; }

    /// <summary>How often a client was gone before it was served.</summary>
    public long ClientsGone { get; set; }

    public long Of(Behaviour behaviour) => _behaviours[(int)behaviour];

    public void Count(Behaviour behaviour) => _behaviours[(int)behaviour]++;

    /// <summary>A request could not be passed on: the status says whose fault it was.</summary>
    public void CountTrouble(int status)
    {
        if (status >= 500)
            BackendFailures++;
        else
            ClientsGone++;
    }

    public void Opened()
    {
        OpenConnections++;
        Connections++;
    }

    public void Closed() => OpenConnections--;

    /// <summary>Names and numbers, in the order in which they are shown.</summary>
    public IEnumerable<(string Name, long Value)> Rows()
    {
        yield return ("open_connections", OpenConnections);
        yield return ("connections", Connections);
        yield return ("requests", Requests);
        yield return ("bytes_to_backend", BytesToBackend);
        yield return ("bytes_to_clients", BytesToClients);
        yield return ("backend_failures", BackendFailures);
        yield return ("clients_gone", ClientsGone);
    }

    /// <summary>How often each behaviour was drawn.</summary>
    public IEnumerable<(string Name, long Value)> BehaviourRows() =>
        Enum.GetValues<Behaviour>().Select(behaviour => (BehaviourNames.NameOf(behaviour), Of(behaviour)));

    public string ToJson()
    {
        var document = Rows().ToDictionary(row => row.Name, object (row) => row.Value);
        document["behaviors"] = BehaviourRows().ToDictionary(row => row.Name, row => row.Value);
        return JsonSerializer.Serialize(document);
    }

    /// <summary>One line: what is not zero.</summary>
    public override string ToString() => string.Join(
        ", ", Rows().Concat(BehaviourRows()).Where(row => row.Value > 0).Select(row => $"{row.Name.Replace('_', ' ')} {row.Value}"));
}
