// Reading programs (their fields may be missing or null, which mean the same) and writing values as Python's json.dumps does.
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tulip.Conformance.Interpreter;

internal static class Json
{
    private const double MillisecondsPerSecond = 1000.0;

    extension(JsonElement element)
    {
        public bool Has(string name) => element.Field(name) is not null;

        public JsonElement? Field(string name)
            => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null
                ? field
                : null;

        public string Text(string name) => element.GetProperty(name).GetString()!;

        public string? TextOrNull(string name) => element.Field(name)?.GetString();

        public long Number(string name) => element.GetProperty(name).GetInt64();

        public bool Flag(string name) => element.Field(name)?.GetBoolean() ?? false;

        /// <summary>Milliseconds of the program as the library's seconds.</summary>
        public double? Seconds(string name) => element.Field(name)?.GetInt64() / MillisecondsPerSecond;

        public JsonElement.ArrayEnumerator Items(string name) => element.Field(name)?.EnumerateArray() ?? default;

        /// <summary>A value of the language: null, a boolean, an integer or a string.</summary>
        public object? Value(string name) => element.Field(name) is not { } field ? null : field.ValueKind switch
        {
            JsonValueKind.Number => field.GetInt64(),
            JsonValueKind.String => field.GetString(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new ArgumentException($"Not a value of the language: {field}"),
        };
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' or > '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
