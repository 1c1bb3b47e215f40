using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CharFinder;
using static Tulip.Aio;

namespace Tulip.CharFinder.Tests;

public sealed class TcpTests
{
    private static readonly CharIndex s_index = TestIndex.Whole;

    [Fact]
    public void Conversation_IsTheTexts_ByteForByte()
    {
        var log = Serve(new SharedIndex(() => s_index), async port =>
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            writer.Write("registered\r\n"u8);
            Assert.Equal("?> U+00AE \t®\tREGISTERED SIGN\r\n", await Line(reader));
            Assert.Equal("1 match for 'registered'\r\n", await Line(reader));
            writer.Write("  \r\nit's bogus\n"u8);
            Assert.Equal("?> ?> No match for \"it's bogus\"\r\n", await Line(reader));
            writer.Write("\x03\n"u8);
            Assert.Equal("?> "u8.ToArray(), await reader.Read());
            writer.Close();
        });

        Assert.Equal(
            [
                "Serving on ('127.0.0.1', PORT). Hit CTRL-C to stop.",
                "Received from ('127.0.0.1', PORT): 'registered'",
                "Sent 1 results",
                "Received from ('127.0.0.1', PORT): ''",
                "Received from ('127.0.0.1', PORT): \"it's bogus\"",
                "Sent 0 results",
                "Received from ('127.0.0.1', PORT): '\\x03'",
                "Close the client socket",
                "Server shutting down.",
            ],
            log);
    }

    [Fact]
    public void Bytes_ThatAreNoText_EndTheConversation()
    {
        var log = Serve(new SharedIndex(() => s_index), async port =>
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            writer.Write([0xff, 0xf4, (byte)'\n']);
            Assert.Equal("?> "u8.ToArray(), await reader.Read());
            writer.Close();
        });

        Assert.Contains("Received from ('127.0.0.1', PORT): '\\x00'", log);
    }

    [Fact]
    public void Query_BeforeTheIndexIsThere_WaitsForIt()
    {
        using var built = new ManualResetEventSlim();
        var index = new SharedIndex(() =>
        {
            built.Wait();
            return s_index;
        });
        Serve(index, async port =>
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            writer.Write("registered\n"u8);
            Assert.Equal("?> "u8.ToArray(), await reader.ReadExactly(3));
            Assert.False(index.IsReady);
            built.Set();
            Assert.StartsWith("U+00AE", await Line(reader), StringComparison.Ordinal);
            writer.Close();
        });
    }

    [Fact]
    public void LongResult_ComesWhole_AndOthersAreServedMeanwhile()
    {
        Serve(new SharedIndex(() => s_index), async port =>
        {
            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            writer.Write("cjk\n"u8);
            Assert.Equal("?> U+2E80", (await Line(reader))[..9]);

            // The long answer is not read on: it must not keep the short one waiting.
            var (otherReader, otherWriter) = await OpenConnection("127.0.0.1", port);
            otherWriter.Write("registered\n"u8);
            Assert.StartsWith("?> U+00AE", await Line(otherReader), StringComparison.Ordinal);
            otherWriter.Close();

            var lines = 1;
            string line;
            while (!(line = await Line(reader)).Contains("matches for", StringComparison.Ordinal))
                lines++;
            Assert.Equal($"{lines} matches for 'cjk'\r\n", line);
            writer.Close();
        });
    }

    [Fact]
    public void Client_ThatGoesAway_LeavesTheServerServing()
    {
        Serve(new SharedIndex(() => s_index), async port =>
        {
            for (var i = 0; i < 5; i++)
            {
                using var client = new TcpClient("127.0.0.1", port);
                client.Client.Send("cjk\n"u8);
                client.Client.LingerState = new LingerOption(true, 0);
            }

            var (reader, writer) = await OpenConnection("127.0.0.1", port);
            writer.Write("registered\n"u8);
            Assert.StartsWith("?> U+00AE", await Line(reader), StringComparison.Ordinal);
            writer.Close();
        });
    }

    private static async Coroutine<string> Line(AsyncStreamReader reader) => Encoding.UTF8.GetString(await reader.ReadLine());

    /// <summary>Serves while the client talks; the server's log, with ports made alike.</summary>
    private static string[] Serve(SharedIndex index, Func<int, Coroutine> client)
    {
        var log = new StringWriter();
        Run(WithTimeout(180, async _ =>
        {
            var serving = CreateTask(new TcpFinder(index, log).Serve("127.0.0.1", 0));
            while (!log.ToString().Contains('\n') && !serving.Done)
                await Sleep(0);
            var port = int.Parse(Regex.Match(log.ToString(), @", (\d+)\)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            await client(port);
            serving.Cancel();
            await serving;
        }));
        return Regex.Replace(log.ToString(), @", \d+\)", ", PORT)").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')).ToArray();
    }
}
