using System.Text;

namespace Hosts;

/// <summary>A line of the screen for a program that thinks it prints on a terminal: what it writes over is gone, and a new
/// line takes the place of the last. The host's thread only.</summary>
internal sealed class ScreenLine : TextWriter
{
    private readonly StringBuilder _text = new();
    private int _column;
    private bool _isOver;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        switch (value)
        {
            case '\b':
                _column = Math.Max(0, _column - 1);
                break;
            case '\r':
                _column = 0;
                break;
            case '\n':
                _isOver = true;
                break;
            default:
                Put(value);
                break;
        }
    }

    /// <summary>What stands there now, exactly so wide.</summary>
    public string Show(int width)
    {
        var text = _text.ToString();
        return text.Length > width ? text[..width] : text.PadRight(width);
    }

    private void Put(char value)
    {
        // Only now: the last line stays to be read until there is another.
        if (_isOver)
        {
            _text.Clear();
            (_column, _isOver) = (0, false);
        }

        if (_column < _text.Length)
            _text[_column] = value;
        else
            _text.Append(value);
        _column++;
    }
}
