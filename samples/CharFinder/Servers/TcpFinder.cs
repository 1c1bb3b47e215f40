// TcpFinder: the character finder for telnet and nc.
// Thread: the loop's.
//   1. It accepts before the index is there; who asks too early waits for it.
//   2. A long result goes out page by page, each when the one before it has left: a slow reader costs a page of memory.
using System.Net;
using System.Text;
using Tulip;
using static Tulip.Aio;

namespace CharFinder;

/// <summary>Answers queries, a line each, over TCP.</summary>
/// <param name="index">What is searched.</param>
/// <param name="log">Where it tells what it does, as the texts' server does.</param>
internal sealed class TcpFinder(SharedIndex index, TextWriter log)
{
    private const char Undecodable = '\0';
    private const char FirstPrintable = ' ';

    private static readonly byte[] s_prompt = "?> "u8.ToArray();
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Serves until its task is cancelled, by Ctrl-C for one; then it says so and ends.</summary>
    /// <param name="address">A name or an address to listen at.</param>
    /// <param name="port">1 to 65,535, or 0 for any.</param>
    public async Coroutine Serve(string address, int port)
    {
        var server = await StartServer(Answer, address, port);
        try
        {
            // Begun now, so that the first query need not.
            var loading = CreateTask(index.Get(), name: "load the index");
            Say($"Serving on {PythonText.Address(server.LocalEndPoints[0])}. Hit CTRL-C to stop.");
            await loading;
            await server.ServeForever();
        }
        catch (CancelledException)
        {
            Say("Server shutting down.");
        }
        finally
        {
            server.Close();
            server.AbortClients();
        }
    }

    private async Coroutine Answer(AsyncStreamReader reader, AsyncStreamWriter writer)
    {
        try
        {
            var client = PythonText.Address(writer.Transport.RemoteEndPoint);
            while (true)
            {
                writer.Write(s_prompt);
                await writer.Drain();
                var line = await reader.ReadLine();
                if (line.Length == 0)
                    break;

                var query = Decode(line);
                Say($"Received from {client}: {PythonText.Quote(query)}");
                if (query.Length == 0)
                    continue;
                if (query[0] < FirstPrintable)
                    break;

                var result = await index.Search(query);
                await Send(result, writer);
                Say($"Sent {result.Count} results");
            }
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or InvalidDataException)
        {
            // The client is gone, or sends a line without end.
            Say($"The connection failed: {exception.Message}");
        }
        finally
        {
            Say("Close the client socket");
            writer.Close();
        }
    }

    private static async Coroutine Send(SearchResult result, AsyncStreamWriter writer)
    {
        foreach (var page in result.Pages(SearchResult.UsualPageSize))
        {
            foreach (var found in page)
                writer.Write(Encoding.UTF8.GetBytes(ResultText.Line(found) + "\r\n"));
            await writer.Drain();

            // A client that reads as fast as we write must not keep the others waiting.
            await Sleep(0);
        }

        writer.Write(Encoding.UTF8.GetBytes(ResultText.Status(result) + "\r\n"));
        await writer.Drain();
    }

    private static string Decode(byte[] line)
    {
        try
        {
            return PythonText.Strip(s_strict.GetString(line));
        }
        catch (DecoderFallbackException)
        {
            return Undecodable.ToString();
        }
    }

    private void Say(string line)
    {
        log.WriteLine(line);
        log.Flush();
    }
}
