namespace Flags;

/// <summary>Says on a terminal what is being measured: a line that is drawn over by the next one. It is drawn between the
/// measurements, and costs them nothing.</summary>
/// <param name="surroundings">Where to draw, if a person watches.</param>
/// <param name="total">How many steps there are.</param>
internal sealed class StepLine(Surroundings surroundings, int total)
{
    private int _step;

    /// <summary>The next step begins.</summary>
    public void Next(string what)
    {
        var line = $"{++_step} of {total}: {what} …";
        Draw(line[..Math.Min(line.Length, Math.Max(0, surroundings.Width() - 1))]);
    }

    /// <summary>All steps are over, or will not come.</summary>
    public void Erase() => Draw("");

    private void Draw(string line)
    {
        if (!surroundings.IsTerminal)
            return;

        surroundings.Out.Write($"\r{line}{ProgressBar.EraseToEndOfLine}");
        surroundings.Out.Flush();
    }
}
