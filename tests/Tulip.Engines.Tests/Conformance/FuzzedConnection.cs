namespace Tulip.Engines.Tests.Conformance;

/// <summary>A connection that is sent over, read from, cancelled and closed at random, and checked at the end.</summary>
internal sealed class FuzzedConnection
{
    private readonly EngineDriver _driver;
    private readonly Random _random;
    private readonly End[] _ends;

    public FuzzedConnection(EngineDriver driver, Random random)
    {
        _driver = driver;
        _random = random;
        var (client, server) = driver.ConnectedPair(sendBuffer: 8 * 1024);
        _ends = [new End(client, random.Next()), new End(server, random.Next())];
    }

    public void Step()
    {
        var end = _ends[_random.Next(2)];
        switch (_random.Next(20))
        {
            case < 7:
                end.StartSending(_driver, _random.Next(1, 60_000));
                break;
            case < 13:
                end.StartReceiving(_driver);
                break;
            case < 16 when end.Receives.Count > 0:
                _driver.Engine.Cancel(end.Receives[^1].Token);
                break;
            case < 18 when end.Sends.Count > 0:
                _driver.Engine.Cancel(end.Sends[^1].Operation.Token);
                break;
            case 19 when _random.Next(10) == 0:
                end.Close(_driver, _random.Next(4) == 0);
                break;
        }
    }

    public void Finish(string seed)
    {
        _driver.PumpUntilQuiet();
        foreach (var end in _ends)
            end.Close(_driver, reset: false);
        foreach (var operation in _ends.SelectMany(end => end.Receives.Concat(end.Sends.Select(send => send.Operation))))
        {
            _driver.PumpUntilEnded(operation);
            Assert.Equal(1, operation.Ends);
        }

        for (var i = 0; i < 2; i++)
        {
            var sent = _ends[i].BytesSent();
            var received = _ends[1 - i].Receives.SelectMany(receive => receive.Received.ToArray()).ToArray();
            Assert.True(received.Length <= sent.Length, $"{seed}: more was received than sent.");
            Assert.True(sent.AsSpan(0, received.Length).SequenceEqual(received), $"{seed}: other bytes were received than sent.");
        }
    }

    private sealed class End(IoHandle handle, int seed)
    {
        private bool _closed;

        public List<Operation> Receives { get; } = [];

        public List<(Operation Operation, byte[] Bytes)> Sends { get; } = [];

        public void StartReceiving(EngineDriver driver)
        {
            if (!_closed && (Receives.Count == 0 || Receives[^1].HasEnded))
                Receives.Add(driver.Receive(handle));
        }

        public void StartSending(EngineDriver driver, int count)
        {
            if (_closed || (Sends.Count > 0 && !Sends[^1].Operation.HasEnded))
                return;

            var bytes = Bytes.Random(count, seed + Sends.Count);
            Sends.Add((driver.Send(handle, bytes), bytes));
        }

        public void Close(EngineDriver driver, bool reset)
        {
            _closed = true;
            driver.Engine.Close(handle, reset);
        }

        public byte[] BytesSent() => [.. Sends.SelectMany(send => send.Bytes.Take(Math.Max(send.Operation.Result, 0)))];
    }
}
