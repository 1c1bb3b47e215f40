// SimulatedEndpoint: what all sockets of a simulated network have.
// Thread: the loop's.
using System.Net;
using System.Net.Sockets;

namespace Tulip.Engines.Simulated;

internal abstract class SimulatedEndpoint(AddressFamily family)
{
    public AddressFamily Family => family;

    public EndPoint? Local { get; set; }

    public EndPoint? Remote { get; protected set; }

    public int SendBuffer { get; set; } = 64 * 1024;

    public int ReceiveBuffer { get; set; } = 64 * 1024;

    public SimulatedOperation? Read { get; set; }

    public SimulatedOperation? Write { get; set; }

    public abstract bool IsReadable { get; }

    public abstract bool IsWritable { get; }

    public static string NodeOf(EndPoint endPoint) => endPoint is IPEndPoint ip ? ip.Address.ToString() : "";

    /// <summary>Begins to connect: 0, "in progress" or an error.</summary>
    public abstract int Connect(EndPoint address);

    /// <summary>What a connect came to; "not now" while it is under way.</summary>
    public abstract int ConnectResult();

    /// <summary>Sends bytes or datagrams, as far as there is room; an error, negated.</summary>
    public abstract int Send(in IoRequest request);

    /// <summary>Bytes that have arrived, the end or an error; "not now" if nothing has.</summary>
    public virtual int Receive(out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        return -IoError.NotSupported;
    }

    /// <summary>A datagram that has arrived, or an error; false if nothing has.</summary>
    public virtual bool TryReceiveFrom(ref IoCompletion completion)
    {
        completion.Result = -IoError.NotSupported;
        return true;
    }

    public virtual void ShutdownSend()
    {
    }

    public abstract void Close(bool reset);
}
