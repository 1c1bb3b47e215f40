namespace Flags;

/// <summary>Finds how many requests at a time are best for each server.</summary>
internal static class Sweep
{
    // Beyond the number of flags, more connections would have nothing to do.
    private static readonly int[] s_maxRequests = [5, 10, 20, 50, 100, 150, 194];

    private static readonly ServerKind[] s_kinds = [ServerKind.LOCAL, ServerKind.DELAY, ServerKind.ERROR];

    public static void Run(Bench bench, Surroundings surroundings, TimeSpan delay)
    {
        var output = surroundings.Out;
        output.WriteLine($"{CountryTable.Codes.Count} flags with asyncio, in seconds for each server; this takes about a minute.");
        output.Flush();
        bench.WarmUp(AsyncioDownloads.RunSavingInLine);

        var steps = new StepLine(surroundings, s_maxRequests.Length * s_kinds.Length);
        var times = new Dictionary<(int MaxRequests, ServerKind Kind), TimeSpan>();
        var table = new TextTable(["-m", .. s_kinds.Select(kind => kind.ToString())]);
        foreach (var maxRequests in s_maxRequests)
        {
            foreach (var kind in s_kinds)
            {
                steps.Next($"-m {maxRequests} at {kind}");
                var behaviour = Behaviour.Of(kind, delay: kind is ServerKind.LOCAL ? null : delay);
                times[(maxRequests, kind)] =
                    bench.Time(AsyncioDownloads.RunSavingInLine, CountryTable.Codes, maxRequests, kind, behaviour);
                if (bench.IsInterrupted)
                {
                    steps.Erase();
                    return;
                }
            }

            table.Add([$"{maxRequests}", .. s_kinds.Select(kind => Reports.Seconds(times[(maxRequests, kind)]))]);
        }

        steps.Erase();
        table.Add(["best -m", .. s_kinds.Select(kind => $"{Best(kind, times)}")]);
        table.WriteTo(output);
    }

    /// <summary>The fewest connections within a twentieth of the best time: more of them would cost and bring nothing.</summary>
    private static int Best(ServerKind kind, Dictionary<(int MaxRequests, ServerKind Kind), TimeSpan> times)
    {
        var good = s_maxRequests.Min(maxRequests => times[(maxRequests, kind)]) * 1.05;
        return s_maxRequests.First(maxRequests => times[(maxRequests, kind)] <= good);
    }
}
