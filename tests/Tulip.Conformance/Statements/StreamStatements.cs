// Stream readers without a transport: the program feeds them.
using System.Text;
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Statements;

internal static class StreamStatements
{
    public static void Register(Vocabulary vocabulary)
    {
        vocabulary.Kind("stream", (run, spec) => new AsyncStreamReader(run.Loop, (int)spec.Number("limit")));
        vocabulary.Method<AsyncStreamReader>("stream.read", (target, s) => Text(target.Read((int)s.Number("n"))));
        vocabulary.Method<AsyncStreamReader>("stream.readexactly", (target, s) => Text(target.ReadExactly((int)s.Number("n"))));
        vocabulary.Method<AsyncStreamReader>("stream.readline", (target, _) => Text(target.ReadLine()));
        vocabulary.Method<AsyncStreamReader>("stream.readuntil", (target, s) => Text(target.ReadUntil(Bytes(s, "sep"))));
        vocabulary.Plain<AsyncStreamReader>("stream.feed", (target, s) => Feed(target, Bytes(s, "data")));
        vocabulary.Plain<AsyncStreamReader>("stream.eof", (target, _) => target.FeedEof());
        vocabulary.Plain<AsyncStreamReader>("stream.at_eof", (target, _) => target.AtEof);
        vocabulary.Plain<AsyncStreamReader>(
            "stream.set_exception",
            (target, s) => target.SetException(Errors.Make(s.Text("kind"), s.TextOrNull("msg"))));
    }

    private static async Coroutine<object?> Text(Coroutine<byte[]> read) => Encoding.UTF8.GetString(await read);

    private static void Feed(AsyncStreamReader reader, byte[] data)
    {
        try
        {
            reader.FeedData(data);
        }
        catch (InvalidOperationException exception)
        {
            // After the end: CPython asserts, which no handler of the language for errors of state matches.
            throw new AssertionError(exception);
        }
    }

    private static byte[] Bytes(JsonElement statement, string field) => Encoding.UTF8.GetBytes(statement.Text(field));
}

/// <summary>Python's error of that name, which traces show.</summary>
internal sealed class AssertionError(Exception inner) : Exception(inner.Message, inner);
