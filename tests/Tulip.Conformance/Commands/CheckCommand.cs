// Replays recorded programs and compares each trace with the recorded one.
using Tulip.Conformance.Interpreter;

namespace Tulip.Conformance.Commands;

internal static class CheckCommand
{
    public static int Run(IReadOnlyList<string> files, bool onlySupported, TextWriter output)
    {
        var wrong = false;
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            var report = Replay.Run(CorpusReader.Read(stream, file));
            foreach (var difference in report.Differences)
                output.WriteLine(difference);
            foreach (var (feature, count) in report.Unsupported.OrderByDescending(pair => pair.Value))
                output.WriteLine($"unsupported: {feature} ({count})");
            output.WriteLine(
                $"{Path.GetFileName(file)}: {report.Identical} identical, {report.Differences.Count} different, "
                + $"{report.Unsupported.Values.Sum()} unsupported");
            wrong |= report.Differences.Count > 0 || (!onlySupported && report.Unsupported.Count > 0);
        }

        return wrong ? 1 : 0;
    }
}
