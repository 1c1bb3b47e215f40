using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Tulip.Load.Latency;

/// <summary>What was measured, as a table and as JSON.</summary>
internal sealed record LatencyReport(MachineFacts Machine, IReadOnlyList<Latency> Latencies, IReadOnlyList<Sleepers> Sleepers, double? LoadBefore, double? LoadAfter)
{
    private static readonly string[] s_head = ["", "ns, median", "best", "cycles", "1 cycle = 1 s", "texts: cycles", "1 cycle = 1 s"];

    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} processors, load {Load(LoadBefore)} before, {Load(LoadAfter)} after; .NET {Environment.Version}");
        text.AppendLine(CultureInfo.InvariantCulture, $"A cycle: 1/{Machine.Gigahertz:0.0##} ns, the clock {Machine.ClockSource}; a chain of additions, one a cycle, ran at {Machine.AdditionGigahertz:0.0} GHz.");
        text.AppendLine(CultureInfo.InvariantCulture, $"Caches: {Machine.CacheSource}. The texts: Ryan Dahl's table, as Fluent Python prints it.").AppendLine();

        var remarks = new List<string>();
        var rows = new List<string[]> { s_head };
        rows.AddRange(Latencies.Select(latency => Row(latency, remarks)));
        Append(text, rows);

        rows = [["", "resident, bytes", "reserved, bytes"], .. Sleepers.Select(each => new[] { each.What, Number(each.ResidentBytes), each.ReservedBytes is { } bytes ? Number(bytes) : "?" })];
        text.AppendLine();
        Append(text, rows);
        text.AppendLine();
        for (var i = 0; i < remarks.Count; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"[{i + 1}] {remarks[i]}");
        return text.ToString();
    }

    public string ToJson() => new JsonObject
    {
        ["gigahertz"] = Machine.Gigahertz,
        ["clock"] = Machine.ClockSource,
        ["additions_per_ns"] = Math.Round(Machine.AdditionGigahertz, 2),
        ["cache_bytes"] = new JsonArray([.. Machine.Caches.Select(bytes => JsonValue.Create(bytes))]),
        ["caches"] = Machine.CacheSource,
        ["processors"] = Environment.ProcessorCount,
        ["load_before"] = LoadBefore,
        ["load_after"] = LoadAfter,
        ["latencies"] = new JsonArray([.. Latencies.Select(ToJson)]),
        ["sleepers"] = new JsonArray([.. Sleepers.Select(each => new JsonObject
        {
            ["name"] = each.Name,
            ["what"] = each.What,
            ["resident_bytes"] = Math.Round(each.ResidentBytes, 1),
            ["reserved_bytes"] = each.ReservedBytes is { } bytes ? Math.Round(bytes, 1) : null,
        })]),
    }.ToJsonString();

    private JsonObject ToJson(Latency latency) => new()
    {
        ["name"] = latency.Name,
        ["what"] = latency.What,
        ["median_ns"] = Rounded(latency.MedianNanoseconds),
        ["best_ns"] = Rounded(latency.BestNanoseconds),
        ["cycles"] = Rounded(latency.MedianNanoseconds * Machine.Gigahertz),
        ["human"] = latency.MedianNanoseconds is { } median ? HumanTime.Of(median * Machine.Gigahertz) : null,
        ["text_cycles"] = latency.TextCycles,
        ["text_human"] = latency.TextCycles is { } cycles ? HumanTime.Of(cycles) : null,
        ["remark"] = latency.Remark,
    };

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 2) : null;

    private string[] Row(Latency latency, List<string> remarks)
    {
        var name = latency.What;
        if (latency.Remark is { } remark)
        {
            if (!remarks.Contains(remark))
                remarks.Add(remark);
            name += $" [{remarks.IndexOf(remark) + 1}]";
        }

        string[] texts = latency.TextCycles is { } textCycles ? [Number(textCycles), HumanTime.Of(textCycles)] : ["", ""];
        if (latency.MedianNanoseconds is not { } median)
            return [name, "n/a", "", "", "", .. texts];

        var cycles = median * Machine.Gigahertz;
        return [name, Number(median), Number(latency.BestNanoseconds!.Value), Number(cycles), HumanTime.Of(cycles), .. texts];
    }

    private static void Append(StringBuilder text, List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static string Number(double value) => value.ToString(value < 99.5 ? "0.0" : "#,0", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Load(double? load) => load is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "unknown";
}
