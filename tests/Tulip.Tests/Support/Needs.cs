using System.Net;
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip.Tests;

/// <summary>What the machine must have for a test, and may lack.</summary>
internal static class Needs
{
    // The system may know version 6 and have no address of it, as in many containers.
    public static bool HasIPv6 { get; } = CanBind(IPAddress.IPv6Loopback);

    /// <summary>Whether an engine works here; in many containers io_uring does not.</summary>
    public static bool HasEngine(string name)
    {
        try
        {
            EngineSelector.Create(name).Dispose();
            return true;
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Skips the test that calls it, where nobody can be reached at ::1.</summary>
    public static void IPv6() => Assert.SkipUnless(HasIPv6, "There is no address ::1 here.");

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
