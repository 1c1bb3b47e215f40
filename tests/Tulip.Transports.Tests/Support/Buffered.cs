using System.Text;

namespace Tulip.Transports.Tests.Support;

/// <summary>A protocol with memory of its own, always the same few bytes, that notes what it is told.</summary>
internal sealed class Buffered(int size) : BufferedProtocol
{
    private readonly byte[] _buffer = new byte[size];
    private readonly StringBuilder _text = new();

    public List<int> Hints { get; } = [];

    public string Text => _text.ToString();

    public Transport Transport { get; private set; } = null!;

    public bool Ended { get; private set; }

    public bool IsLost { get; private set; }

    public Action? OnUpdated { get; set; }

    public override void ConnectionMade(Transport transport) => Transport = transport;

    public override Memory<byte> GetBuffer(int sizeHint)
    {
        Hints.Add(sizeHint);
        return _buffer;
    }

    public override void BufferUpdated(int count)
    {
        _text.Append(Encoding.Latin1.GetString(_buffer, 0, count));
        OnUpdated?.Invoke();
    }

    public override bool EofReceived()
    {
        Ended = true;
        return false;
    }

    public override void ConnectionLost(Exception? exception) => IsLost = true;
}
