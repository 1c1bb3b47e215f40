using System.Net;

namespace Tulip.Streams.Tests.Sockets;

/// <summary>Streams over connections that are secured, from the start or half-way.</summary>
public sealed class TlsTests
{
    [Fact]
    public void StartTls_HalfWay_GoesOnWithTheSameReaderAndWriter()
    {
        using var certificate = TestCertificate.Make();
        Wire.Run("tcp", Serve, static async wire =>
        {
            var (reader, writer) = await wire.Connect();
            writer.Write("STARTTLS\n"u8);
            Assert.Equal("go ahead\n", Bytes.Text(await reader.ReadLine()));
            await writer.StartTls(TestCertificate.Client);
            Assert.NotNull(writer.GetExtraInfo(TlsInfo.SslStreamName));
            for (var i = 0; i < 10; i++)
            {
                writer.Write(Bytes.Of($"secret {i}\n"));
                await writer.Drain();
                Assert.Equal($"secret {i}\n", Bytes.Text(await reader.ReadLine()));
            }

            writer.Close();
            await writer.WaitClosed();
        });

        async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            Assert.Equal("STARTTLS\n", Bytes.Text(await reader.ReadLine()));
            writer.Write("go ahead\n"u8);
            await writer.StartTls(TestCertificate.Server(certificate));
            await Wire.Echo(reader, writer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void StartTls_PeerRefuses_TheWriterHearsOfTheEnd(bool speaksNonsense) => Wire.Run("tcp", async (reader, writer) =>
    {
        await reader.ReadLine();
        if (speaksNonsense)
            writer.Write("500 no such command\n"u8);
        await writer.DisposeAsync();
    }, static async wire =>
    {
        var (reader, writer) = await wire.Connect();
        writer.Write("STARTTLS\n"u8);
        await Fails(async () => await writer.StartTls(TestCertificate.Client));
        await Fails(async () => _ = await reader.Read());
        await writer.DisposeAsync();
    });

    [Fact]
    public void StartTls_HandshakeCameWithTheRequest_IsNoPlainText()
    {
        using var certificate = TestCertificate.Make();
        Wire.Run("tcp", Serve, static async wire =>
        {
            // The client does not wait for an answer: its handshake's first bytes leave with the request.
            var (reader, writer) = await wire.Connect();
            writer.Write("STARTTLS\n"u8);
            await writer.StartTls(TestCertificate.Client);
            writer.Write("secret\n"u8);
            Assert.Equal("secret\n", Bytes.Text(await reader.ReadLine()));
            await writer.DisposeAsync();
        });

        async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            Assert.Equal("STARTTLS\n", Bytes.Text(await reader.ReadLine()));
            await writer.StartTls(TestCertificate.Server(certificate));
            await Wire.Echo(reader, writer);
        }
    }

    [Fact]
    public void StartTls_PlainTextBehindTheRequest_IsNotTakenForASecret()
    {
        using var certificate = TestCertificate.Make();
        var heard = "";
        Wire.Run("tcp", Serve, static async wire =>
        {
            var (reader, writer) = await wire.Connect();
            writer.Write("STARTTLS\nsmuggled\n"u8);
            await Fails(async () => await writer.StartTls(TestCertificate.Client));
            await writer.DisposeAsync();
        });
        Assert.Equal("", heard);

        async Coroutine Serve(AsyncStreamReader reader, AsyncStreamWriter writer)
        {
            Assert.Equal("STARTTLS\n", Bytes.Text(await reader.ReadLine()));
            await Fails(async () => await writer.StartTls(TestCertificate.Server(certificate)));
            await Fails(async () => heard = Bytes.Text(await reader.ReadLine()));
            await writer.DisposeAsync();
        }
    }

    [Fact]
    public void TlsInTheOptions_EndOfData_ClosesBothSides()
    {
        using var certificate = TestCertificate.Make();
        LoopTest.RunInRealTime(async () =>
        {
            var server = await StartServer(Wire.Echo, "127.0.0.1", 0, options: new ServerOptions { Tls = TestCertificate.Server(certificate) });
            var port = ((IPEndPoint)server.LocalEndPoints[0]).Port;
            var (reader, writer) = await OpenConnection("127.0.0.1", port, options: new ConnectionOptions { Tls = TestCertificate.Client });
            var message = new byte[300_000];
            Random.Shared.NextBytes(message);
            writer.Write(message);
            Assert.Equal(message, await reader.ReadExactly(message.Length));
            writer.Close();
            await writer.WaitClosed();
            await server.DisposeAsync();
            while (AllTasks(GetRunningLoop()).Count > 1)
                await Sleep(0.001);
        });
    }

    private static async Coroutine Fails(Func<Coroutine> body)
    {
        var failed = false;
        try
        {
            await body();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            failed = true;
        }

        Assert.True(failed);
    }
}
