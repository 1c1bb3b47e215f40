namespace Taxis;

/// <summary>
/// Python's generator of random numbers, the Mersenne twister MT19937 by Matsumoto and Nishimura, seeded as
/// <c>random.seed(n)</c> does: the same seed gives the taxis the same day in both languages.
/// </summary>
internal sealed class PythonRandom
{
    private const int Size = 624;
    private const int Middle = 397;
    private const uint UpperBit = 0x8000_0000;
    private const uint LowerBits = 0x7FFF_FFFF;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <param name="seed">Its sign does not matter, as in Python.</param>
    public PythonRandom(int seed) => SeedByKey((uint)Math.Abs((long)seed));

    /// <summary>A number from 0 to less than 1, of 53 random bits (<c>random.random</c>).</summary>
    public double Next()
    {
        const double two26 = 1L << 26;
        const double two53 = 1L << 53;
        var high = NextBits() >> 5;
        var low = NextBits() >> 6;
        return ((high * two26) + low) / two53;
    }

    /// <summary>A number of the exponential distribution (<c>random.expovariate</c>).</summary>
    /// <param name="rate">One divided by the mean; more than 0.</param>
    public double NextExponential(double rate) => -Math.Log(1.0 - Next()) / rate;

    private void SeedByKey(uint key)
    {
        const uint start = 19650218, mixer = 1812433253, first = 1664525, second = 1566083941;
        _state[0] = start;
        for (uint at = 1; at < Size; at++)
            _state[at] = (mixer * (_state[at - 1] ^ (_state[at - 1] >> 30))) + at;

        var index = 1;
        for (var round = 0; round < Size; round++)
        {
            _state[index] = (_state[index] ^ (Folded(index) * first)) + key;
            index = Following(index);
        }

        for (var round = 0; round < Size - 1; round++)
        {
            _state[index] = (_state[index] ^ (Folded(index) * second)) - (uint)index;
            index = Following(index);
        }

        _state[0] = UpperBit;
    }

    private uint Folded(int index) => _state[index - 1] ^ (_state[index - 1] >> 30);

    private int Following(int index)
    {
        if (index + 1 < Size)
            return index + 1;

        _state[0] = _state[Size - 1];
        return 1;
    }

    private uint NextBits()
    {
        if (_next == Size)
            Twist();

        var bits = _state[_next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9D2C_5680;
        bits ^= (bits << 15) & 0xEFC6_0000;
        return bits ^ (bits >> 18);
    }

    private void Twist()
    {
        const uint twist = 0x9908_B0DF;
        for (var at = 0; at < Size; at++)
        {
            var joined = (_state[at] & UpperBit) | (_state[(at + 1) % Size] & LowerBits);
            _state[at] = _state[(at + Middle) % Size] ^ (joined >> 1) ^ ((joined & 1) == 0 ? 0 : twist);
        }

        _next = 0;
    }
}
