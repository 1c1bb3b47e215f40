namespace Spinners;

/// <summary>The one line the spinner draws: each frame over the last, and in the end nothing.</summary>
internal sealed class SpinLine(TextWriter output, string message)
{
    private const string Frames = "|/-\\";
    private int _next;
    private int _length;

    /// <summary>Draws the next frame and steps back over it, so that whatever comes next overwrites it.</summary>
    public void Draw()
    {
        var status = $"{Frames[_next++ % Frames.Length]} {message}";
        _length = status.Length;
        output.Write(status + new string('\b', _length));
        output.Flush();
    }

    public void Erase()
    {
        output.Write(new string(' ', _length) + new string('\b', _length));
        output.Flush();
    }
}
