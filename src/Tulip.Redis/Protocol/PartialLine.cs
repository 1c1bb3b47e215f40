namespace Tulip.Redis;

/// <summary>The line that is being received. Usually it lies whole in what came and is not copied; only one that is
/// split between two pieces is put together here.</summary>
internal sealed class PartialLine(int limit)
{
    private byte[] _begun = [];
    private int _count;

    /// <summary>Takes a line from the front of the input, or all of it if the line does not end there.</summary>
    /// <param name="input">What came; afterwards, what is behind the line.</param>
    /// <param name="line">The line without its end; valid until the next call, and as long as the input is.</param>
    /// <exception cref="InvalidDataException">It is too long, or does not end with both carriage return and line feed.</exception>
    public bool TryTake(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> line)
    {
        var end = input.IndexOf((byte)'\n');
        var piece = end < 0 ? input : input[..(end + 1)];
        if (_count + piece.Length > limit)
            throw new InvalidDataException($"The server sent a line of more than {limit} bytes.");

        input = input[piece.Length..];
        line = piece;
        if (_count > 0 || end < 0)
            line = Append(piece);
        if (end < 0)
            return false;

        _count = 0;
        if (line is not [.., (byte)'\r', (byte)'\n'])
            throw new InvalidDataException("The server does not speak Redis' protocol: a line ends with a line feed alone.");
        line = line[..^2];
        return true;
    }

    private ReadOnlySpan<byte> Append(ReadOnlySpan<byte> piece)
    {
        if (_begun.Length < _count + piece.Length)
            Array.Resize(ref _begun, Math.Max(64, 2 * (_count + piece.Length)));
        piece.CopyTo(_begun.AsSpan(_count));
        _count += piece.Length;
        return _begun.AsSpan(0, _count);
    }
}
