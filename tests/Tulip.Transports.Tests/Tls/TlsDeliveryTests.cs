using System.Net.Security;
using Tulip.Transports.Tests.Support;

namespace Tulip.Transports.Tests.Tls;

/// <summary>What was decrypted, and a protocol that changes its mind in the middle of it.</summary>
public sealed class TlsDeliveryTests
{
    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_ThatPausesInTheMiddle_GetsTheRestLater(string engine) => Run(engine, new Buffered(4), async (rig, link) =>
    {
        link.Buffered.OnUpdated = link.Transport.PauseReading;
        await link.Send("0123456789");
        foreach (var seen in (string[])["0123", "01234567", "0123456789"])
        {
            await rig.Until(() => link.Buffered.Text == seen);
            await SomePasses();
            Assert.Equal(seen, link.Buffered.Text);
            link.Transport.ResumeReading();
        }

        await link.Send("ab");
        await rig.Until(() => link.Buffered.Text == "0123456789ab");
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_ThatClosesInTheMiddle_HearsNoMore(string engine) => Run(engine, new Buffered(4), async (rig, link) =>
    {
        link.Buffered.OnUpdated = link.Transport.Close;
        await link.Send("0123456789");
        await link.SayGoodbye();
        await rig.Until(() => link.Buffered.IsLost);
        Assert.Equal("0123", link.Buffered.Text);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_ThatReplacesItselfInTheMiddle_LeavesTheRestToTheNext(string engine) => Run(engine, new Buffered(4), async (rig, link) =>
    {
        var plain = new Recorder();
        plain.Events.Add("made");
        var second = new Buffered(3) { OnUpdated = () => link.Transport.SetProtocol(plain) };
        link.Buffered.OnUpdated = () => link.Transport.SetProtocol(second);
        await link.Send("0123456789");
        await rig.Until(() => plain.Bytes == 3);
        Assert.Equal(("0123", "456", "789"), (link.Buffered.Text, second.Text, plain.Received.ToString()));
        link.Transport.Abort();
        await rig.Until(() => plain.IsLost);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void BufferedProtocol_WithEmptyBuffer_IsAnErrorThatIsReportedOnce(string engine) => Run(engine, new Buffered(0), async (rig, link) =>
    {
        await link.Send("0123");
        await link.Send("4567");
        await rig.Until(() => link.Buffered.IsLost);
        Assert.IsType<InvalidOperationException>(rig.Take("Fatal error").Exception);
        Assert.Single(link.Buffered.Hints);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void Abort_AtTheFirstOfTwoRecords_DropsTheSecond(string engine) => Run(engine, new Recorder { OnData = static (self, _) => self.Transport.Abort() }, async (rig, link) =>
    {
        // Both are there when reading goes on; the first fills what is decrypted at a time.
        const int Piece = 16 * 1024;
        link.Transport.PauseReading();
        await link.Send(new string('x', Piece));
        await link.Send("second");
        await rig.Until(() => link.TakenByTheLoop >= 50);
        link.Transport.ResumeReading();
        await rig.Until(() => link.Recorder.IsLost);
        Assert.Equal(Piece, link.Recorder.Bytes);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void PauseReading_BetweenRecords_HoldsBackDataAndTheEnd(string engine) => Run(engine, new Recorder(), async (rig, link) =>
    {
        await link.Send("one");
        await rig.Until(() => link.Recorder.Bytes == 3);
        link.Transport.PauseReading();
        await link.Send("two");
        await link.SayGoodbye();
        await rig.Until(() => link.TakenByTheLoop >= 50);
        Assert.Equal(["made", "data"], link.Recorder.Events);
        Assert.Equal(3, link.Recorder.Bytes);

        // In one pass: it is as if it had not been resumed.
        link.Transport.ResumeReading();
        link.Transport.PauseReading();
        await SomePasses();
        Assert.Equal(3, link.Recorder.Bytes);

        link.Recorder.OnData = static (self, _) => self.Transport.PauseReading();
        link.Transport.ResumeReading();
        await rig.Until(() => link.Recorder.Bytes == 6);
        await SomePasses();
        Assert.False(link.Recorder.Ended);
        link.Transport.ResumeReading();
        await rig.Until(() => link.Recorder.IsLost);
        Assert.Equal(["made", "data", "eof", "lost"], link.Recorder.Events);
    });

    [Theory]
    [ClassData(typeof(EngineData))]
    public void SendFile_ReadingResumedMeanwhile_LeavesABufferedProtocolItsPauses(string engine) => Run(engine, new Buffered(4), async (rig, link) =>
    {
        using var file = File.OpenHandle(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.SetLength(file, 5_000_000);
        link.Buffered.OnUpdated = link.Transport.PauseReading;
        var sending = CreateTask(rig.Loop.SendFile(link.Transport, file));
        await rig.Until(() => link.Transport.GetProtocol() != link.Buffered);
        link.Transport.ResumeReading();
        Assert.Throws<InvalidOperationException>(() => link.Transport.Write("x"u8));
        await link.Send("0123456789");
        await rig.Until(() => link.Buffered.Text == "0123");
        await SomePasses();
        Assert.Equal("0123", link.Buffered.Text);

        link.ReadAll();
        Assert.Equal(5_000_000, await sending);
        link.Transport.Write("x"u8);
        while (link.Buffered.Text.Length < 10)
        {
            link.Transport.ResumeReading();
            await Sleep(0);
        }

        Assert.Equal("0123456789", link.Buffered.Text);
    });

    private static async Coroutine SomePasses()
    {
        for (var i = 0; i < 10; i++)
            await Sleep(0.0005);
    }

    private static void Run(string engine, BaseProtocol above, Func<Rig, Link, Coroutine> body) => Rig.Run(engine, async rig =>
    {
        using var pair = await Pair.Open(rig);
        if (above is Recorder recorder)
            recorder.Events.Add("made");
        var secure = CreateTask(rig.Loop.StartTls(pair.Transport, above, TestCertificate.ForClient()));
        using var ssl = new SslStream(new System.Net.Sockets.NetworkStream(pair.Peer));
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestCertificate.Server });
        var transport = await secure;
        (above as BufferedProtocol)?.ConnectionMade(transport);
        (above as Recorder)?.ConnectionMade(transport);
        (above as Recorder)?.Events.RemoveAt(0);
        await body(rig, new Link(pair, ssl, above, transport));
        transport.Abort();
    });

    /// <summary>A secured connection, the other end of which the test has in its hands.</summary>
    private sealed record Link(Pair Pair, SslStream Ssl, BaseProtocol Above, Transport Transport)
    {
        public Buffered Buffered => (Buffered)Above;

        public Recorder Recorder => (Recorder)Above;

        /// <summary>How often the system was asked, and had nothing left for our side to receive.</summary>
        public int TakenByTheLoop => Pair.Transport.Socket is { Available: 0 } ? ++field : field = 0;

        /// <summary>One record.</summary>
        public async Coroutine Send(string text) => await Ssl.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text));

        public async Coroutine SayGoodbye()
        {
            await Ssl.ShutdownAsync();
            Pair.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }

        public void ReadAll() => _ = Task.Run(() =>
        {
            var buffer = new byte[100_000];
            try
            {
                while (Ssl.Read(buffer) > 0)
                {
                }
            }
            catch (IOException)
            {
                // The test is over.
            }
        });
    }
}
