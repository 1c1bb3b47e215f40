// LiveStatistics: a table below the log that is redrawn in its place.
// Thread: the loop's.
//   1. The table is the last thing on the screen: a line of the log takes its place, and it is drawn again below.
using System.Globalization;
using Spectre.Console;
using Tulip;
using static Tulip.Aio;

namespace ChaosProxy;

/// <summary>Shows a proxy's statistics while it runs, on a terminal.</summary>
internal sealed class LiveStatistics(IAnsiConsole console, TextWriter output, ProxyStatistics statistics, Func<string> behaviour)
{
    private const double Interval = 0.5;
    private const string ClearBelow = "\e[J";

    private int _height;

    /// <summary>Draws again and again, until it is cancelled.</summary>
    public async Coroutine Run()
    {
        while (true)
        {
            Redraw();
            await Sleep(Interval);
        }
    }

    /// <summary>Writes a line above the table.</summary>
    public void WriteAbove(string line)
    {
        Erase();
        output.WriteLine(line);
        Redraw();
    }

    /// <summary>Draws the table, in the place of the last one.</summary>
    public void Redraw()
    {
        Erase();
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("connections");
        table.AddColumn("count", column => column.RightAligned());
        table.AddColumn("behavior");
        table.AddColumn("count", column => column.RightAligned());
        table.Title = new TableTitle(Markup.Escape(behaviour()));
        foreach (var (left, right) in statistics.Rows().Zip(statistics.BehaviourRows()))
            table.AddRow(left.Name.Replace('_', ' '), Number(left.Value), right.Name, Number(right.Value));

        console.Write(table);
        output.Flush();

        // Title, three lines of border, the heading.
        _height = table.Rows.Count + 5;
    }

    private void Erase()
    {
        if (_height > 0)
            output.Write($"\e[{_height}A\r{ClearBelow}");
        _height = 0;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
