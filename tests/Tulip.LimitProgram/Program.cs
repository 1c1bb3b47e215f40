// An echo server that tests start with a low limit of open descriptors. It says at which port it listens, and each error that
// its loop reports; a client that sends '?' is told how many passes the loop has made, how many errors it has reported, and the time in
// delays between two tries to accept; one that sends '!' is told the same some tries later. It ends with its standard input.
using System.Globalization;
using System.Net;
using System.Text;
using Tulip;
using static Tulip.Aio;

Run(Serve());

static async Coroutine Serve()
{
    var loop = GetRunningLoop();
    LoopTransports.Of(loop).AcceptRetryDelay = Answer.RetryDelay;
    loop.ExceptionHandler = static (_, report) =>
    {
        Answer.Reports++;
        Console.WriteLine($"{report.Message}: {report.Exception?.Message}");
    };
    var over = new AsyncEvent();
    var input = new Thread(() =>
    {
        while (Console.In.Read() >= 0)
        {
        }

        loop.CallSoonThreadsafe(over.Set);
    })
    { IsBackground = true };
    input.Start();

    await using var server = await loop.CreateServer(() => new Answer(loop), "127.0.0.1", 0, new ServerOptions { Backlog = 1000 });
    Console.WriteLine(((IPEndPoint)server.LocalEndPoints[0]).Port);
    await over.Wait();
    server.AbortClients();
}

internal sealed class Answer(EventLoop loop) : Protocol
{
    public const double RetryDelay = 0.02;

    private const double SeveralTries = 5 * RetryDelay;

    private Transport? _transport;

    public static long Reports { get; set; }

    public override void ConnectionMade(Transport transport) => _transport = transport;

    public override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (data is [(byte)'?'])
            Tell();
        else if (data is [(byte)'!'])
            loop.CallLater(SeveralTries, Tell);
        else
            _transport!.Write(data);
    }

    private void Tell()
    {
        var tries = (long)(loop.Time / RetryDelay);
        _transport!.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{loop.Passes:D20}{Reports:D20}{tries:D20}")));
    }
}
