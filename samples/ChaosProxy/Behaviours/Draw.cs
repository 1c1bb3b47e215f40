using System.Text;

namespace ChaosProxy;

/// <summary>Chance from a seed and a text: the same pair always gives the same numbers, whatever was drawn before.</summary>
internal readonly record struct Draw(int Seed, string Key)
{
    /// <summary>A number in [0, 1): FNV-1a, then a mixing step so that all bits count.</summary>
    /// <param name="salt">Tells numbers of one draw apart.</param>
    public double Uniform(uint salt) => (Mix(salt) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random((int)(Mix(salt: 2) >> 33)).NextBytes(bytes);
        return bytes;
    }

    private ulong Mix(uint salt)
    {
        var hash = 14695981039346656037UL ^ ((ulong)salt << 32 | (uint)Seed);
        foreach (var octet in Encoding.UTF8.GetBytes(Key))
            hash = (hash ^ octet) * 1099511628211UL;

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
