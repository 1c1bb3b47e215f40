using System.Text.Json;

namespace ChaosProxy;

/// <summary>The commands of the REST interface, apart from how they arrive.</summary>
internal sealed class ControlCommands(ProxyParts parts)
{
    private const string Ok = "200 OK";

    /// <summary>Does what is asked.</summary>
    /// <returns>The status, with its reason, and a document.</returns>
    public (string Status, string Json) Answer(string method, string path, string body) => (path, method) switch
    {
        ("/behavior", "GET") => (Ok, JsonSerializer.Serialize(new { behavior = parts.Chaos.Mix.ToString() })),
        ("/behavior", "PUT" or "POST") => Change(body),
        ("/behaviors", "GET") => (Ok, JsonSerializer.Serialize(new { behaviors = BehaviourNames.All })),
        ("/statistics", "GET") => (Ok, parts.Statistics.ToJson()),
        ("/behavior" or "/behaviors" or "/statistics", _) => Problem("405 Method Not Allowed", "method", null, $"{path} cannot be asked by {method}"),
        _ => Problem("404 Not Found", "path", null, "there are /behavior, /behaviors and /statistics"),
    };

    private (string Status, string Json) Change(string body)
    {
        Dictionary<string, JsonElement>? wishes;
        try
        {
            wishes = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(body);
        }
        catch (JsonException)
        {
            wishes = null;
        }

        if (wishes is null)
            return BadRequest("", "the value is not a valid json object");
        if (!wishes.TryGetValue("name", out var element) || element.ValueKind is not JsonValueKind.String)
            return BadRequest("", "the value should contain a \"name\" key");

        var name = element.GetString()!;
        if (!name.Contains(':') && !BehaviourNames.All.Contains(name))
            return BadRequest("name", $"the '{name}' behavior does not exist");
        return Change(name, wishes.Where(wish => wish.Key != "name"));
    }

    private (string Status, string Json) Change(string name, IEnumerable<KeyValuePair<string, JsonElement>> settings)
    {
        var key = "name";
        try
        {
            var mix = name.Contains(':') ? BehaviourMix.Parse(name) : BehaviourMix.Only(BehaviourNames.Parse(name));
            var known = mix.Members.SelectMany(BehaviourOptions.NamesOf).Distinct().ToList();
            var options = parts.Chaos.Options;
            foreach (var (option, value) in settings)
            {
                key = option;
                if (!known.Contains(option))
                    return BadRequest(option, $"{name} has no option '{option}'{(known.Count > 0 ? $", but {string.Join(", ", known)}" : "")}");
                options = options.With(option, value.ToString());
            }

            // Only when all of it can be done is any of it done.
            parts.Chaos.Change(mix, options);
            parts.Log.Info($"Handler changed to \"{name}\"");
            return (Ok, JsonSerializer.Serialize(new { status = "ok" }));
        }
        catch (FormatException exception)
        {
            return BadRequest(key, exception.Message);
        }
    }

    private static (string Status, string Json) BadRequest(string name, string description) => Problem("400 Bad Request", "body", name, description);

    private static (string Status, string Json) Problem(string status, string location, string? name, string description) =>
        (status, JsonSerializer.Serialize(new { status = "error", errors = new[] { new { location, name, description } } }));
}
