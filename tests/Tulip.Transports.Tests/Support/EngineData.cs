using System.Net.Sockets;
using Tulip.Engines;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tulip.Transports.Tests.Support;

/// <summary>The engines that work here and have sockets; the one that TULIP_ENGINE names, if it is set.</summary>
public sealed class EngineData : TheoryData<string>
{
    public EngineData()
    {
        foreach (var name in Usable)
            Add(name);
    }

    internal static IEnumerable<string> Usable
        => Environment.GetEnvironmentVariable(EngineSelector.Variable) is { Length: > 0 } forced ? [forced] : EngineSelector.Names.Where(HasSockets);

    private static bool HasSockets(string name)
    {
        try
        {
            using var engine = EngineSelector.Create(name);
            engine.Close(engine.Sockets.Open(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            return true;
        }
        catch (Exception exception) when (exception is NotSupportedException or PlatformNotSupportedException or SocketException)
        {
            return false;
        }
    }
}

/// <summary>Those of <see cref="EngineData"/> that can watch descriptors.</summary>
public sealed class DescriptorEngineData : TheoryData<string>
{
    public DescriptorEngineData()
    {
        foreach (var name in EngineData.Usable)
        {
            using var engine = EngineSelector.Create(name);
            if (engine is IDescriptorEngine)
                Add(name);
        }
    }
}
