// Answers programs with traces, one JSON line each, until the end of the input.
using System.Text.Encodings.Web;
using System.Text.Json;
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Commands;

internal static class InterpretCommand
{
    private static readonly JsonSerializerOptions s_format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Run(TextReader programs, TextWriter answers)
    {
        while (programs.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;

            // The other side waits for each answer before it sends the next program.
            answers.WriteLine(Answer(line));
            answers.Flush();
        }
    }

    public static string Answer(string line)
    {
        JsonElement? id = null;
        try
        {
            var program = JsonSerializer.Deserialize<JsonElement>(line);
            id = program.TryGetProperty("id", out var given) ? given : null;
            var result = ProgramRun.Run(program);
            return result.Error is { } error ? Failure(id, error) : JsonSerializer.Serialize(new { id, trace = result.Trace }, s_format);
        }
        catch (Exception exception)
        {
            return Failure(id, exception.ToString());
        }
    }

    private static string Failure(JsonElement? id, string error) => JsonSerializer.Serialize(new { id, error }, s_format);
}
