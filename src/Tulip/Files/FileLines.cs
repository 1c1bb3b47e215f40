// FileLines: the lines of a file, decoded as its pieces are read.
// Thread: the loop's.  Owns: its buffers, for one enumeration.
using System.Runtime.CompilerServices;
using System.Text;

namespace Tulip;

internal sealed class FileLines(AsyncFile file, Encoding encoding)
{
    private const int PieceSize = 64 * 1024;

    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(PieceSize);
    private readonly StringBuilder _rest = new();
    private bool _afterReturn;

    public async IAsyncEnumerable<string> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var characters = new char[encoding.GetMaxCharCount(PieceSize)];
        var atStart = file.Position == 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = await file.Read(_bytes);
            var bytes = _bytes.AsMemory(0, count);
            if (atStart && count > 0)
            {
                atStart = false;
                if (bytes.Span.StartsWith(encoding.Preamble) && !encoding.Preamble.IsEmpty)
                    bytes = bytes[encoding.Preamble.Length..];
            }

            var decoded = _decoder.GetChars(bytes.Span, characters, flush: count == 0);
            var start = 0;
            while (NextLine(characters.AsSpan(0, decoded), ref start) is { } line)
                yield return line;

            if (count == 0)
                break;
        }

        if (_afterReturn)
            _rest.Append('\r');
        if (_rest.Length > 0)
            yield return _rest.ToString();
    }

    /// <summary>The next whole line; null, and the rest kept, if there is none.</summary>
    private string? NextLine(ReadOnlySpan<char> characters, ref int start)
    {
        var rest = characters[start..];
        var end = rest.IndexOf('\n');
        if (end < 0)
        {
            // A carriage return at the end of a piece is a line's end or a character of it: the next piece tells.
            Keep(rest);
            start = characters.Length;
            return null;
        }

        Keep(rest[..end]);
        start += end + 1;
        _afterReturn = false;
        var line = _rest.ToString();
        _rest.Clear();
        return line;
    }

    private void Keep(ReadOnlySpan<char> characters)
    {
        if (characters.IsEmpty)
            return;

        if (_afterReturn)
            _rest.Append('\r');
        _afterReturn = characters[^1] == '\r';
        _rest.Append(_afterReturn ? characters[..^1] : characters);
    }
}
