using System.Net;

namespace Tulip.Engines.Tests;

/// <summary>What became of one request: the state that stands behind it.</summary>
internal sealed class Operation(IoRequest request)
{
    private readonly List<IoCompletion> _lent = [];

    public IoRequest Request { get; } = request;

    public IoToken Token { get; set; }

    /// <summary>Last completions seen, or 1 if the operation was over at once. More than one is a broken promise.</summary>
    public int Ends { get; private set; }

    public bool HasEnded => Ends > 0;

    /// <summary>The last completion's result.</summary>
    public int Result { get; private set; }

    public MemoryStream Received { get; } = new();

    public List<IoHandle> Accepted { get; } = [];

    /// <summary>What came of datagrams, in order.</summary>
    public List<(byte[] Data, EndPoint? From)> Datagrams { get; } = [];

    /// <summary>Errors that did not end the operation.</summary>
    public List<int> Errors { get; } = [];

    /// <summary>Keeps what the engine lends until <see cref="ReturnAll"/>.</summary>
    public bool HoldsLeases { get; set; }

    public int Held => _lent.Count;

    public void End(int result)
    {
        Ends++;
        Result = result;
    }

    public void Note(IIoEngine engine, in IoCompletion completion)
    {
        Assert.Equal(Request.Opcode, completion.Opcode);
        Assert.False(HasEnded, $"{Request.Opcode}: a completion after the last one.");
        if (!completion.Handle.IsNone)
            Accepted.Add(completion.Handle);
        if (completion.More && completion.Result < 0)
            Errors.Add(completion.Result);
        if (!completion.Data.IsEmpty)
        {
            Assert.True(completion.Result == completion.Data.Length || completion.Opcode == IoOpcode.ReceiveFrom);
            if (HoldsLeases)
            {
                _lent.Add(completion);
            }
            else
            {
                Take(engine, completion);
            }
        }

        if (!completion.More)
            End(completion.Result);
    }

    /// <summary>Reads what was held, and gives it back.</summary>
    public void ReturnAll(IIoEngine engine)
    {
        foreach (var completion in _lent)
            Take(engine, completion);
        _lent.Clear();
    }

    private void Take(IIoEngine engine, in IoCompletion completion)
    {
        if (completion.Opcode == IoOpcode.ReceiveFrom)
            Datagrams.Add((completion.Datagram.ToArray(), IoAddress.Read(completion.Address)));
        else
            Received.Write(completion.Data.Span);
        engine.Return(completion);
    }
}
