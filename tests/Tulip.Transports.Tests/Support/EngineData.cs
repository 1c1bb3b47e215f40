using System.Net.Sockets;
using Tulip.Engines;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Tulip.Transports.Tests.Support;

/// <summary>The engines that work here and have sockets; the one that TULIP_ENGINE names, if it is set.</summary>
public sealed class EngineData : TheoryData<string>
{
    public EngineData()
    {
        var forced = Environment.GetEnvironmentVariable(EngineSelector.Variable);
        foreach (var name in string.IsNullOrEmpty(forced) ? EngineSelector.Names.Where(HasSockets) : [forced])
            Add(name);
    }

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
