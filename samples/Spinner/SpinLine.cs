namespace Spinners;

/// <summary>The one line the spinner draws: each frame over the last, and in the end nothing. In a pipe or a file it is never drawn.</summary>
internal sealed class SpinLine(TextWriter output, string message)
{
    private const string Frames = "|/-\\";
    private readonly bool _isDrawn = IsDrawnOn(output);
    private int _next;
    private int _length;

    /// <summary>Whether frames belong there: not on a standard output that is a pipe or a file.</summary>
    public static bool IsDrawnOn(TextWriter output) => !Console.IsOutputRedirected || !ReferenceEquals(output, Console.Out);

    /// <summary>Draws the next frame and steps back over it, so that whatever comes next overwrites it.</summary>
    public void Draw()
    {
        if (!_isDrawn)
            return;

        var status = $"{Frames[_next++ % Frames.Length]} {message}";
        _length = status.Length;
        output.Write(status + new string('\b', _length));
        output.Flush();
    }

    public void Erase()
    {
        if (!_isDrawn)
            return;

        output.Write(new string(' ', _length) + new string('\b', _length));
        output.Flush();
    }
}
