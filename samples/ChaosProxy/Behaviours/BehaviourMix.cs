using System.Globalization;

namespace ChaosProxy;

/// <summary>Shares of behaviours, in percent; together they are 100, and they exclude each other.</summary>
internal sealed class BehaviourMix
{
    private const int Whole = 100;

    private readonly IReadOnlyList<(int Percent, Behaviour Behaviour)> _shares;

    private BehaviourMix(IReadOnlyList<(int Percent, Behaviour Behaviour)> shares) => _shares = shares;

    /// <summary>The behaviours that have a share.</summary>
    public IEnumerable<Behaviour> Members => _shares.Select(share => share.Behaviour).Distinct();

    /// <summary>Reads a list such as <c>25:error,50:delay</c>; what is missing to 100 is <c>dummy</c>.</summary>
    /// <exception cref="FormatException">The list cannot be read.</exception>
    public static BehaviourMix Parse(string text)
    {
        var shares = new List<(int Percent, Behaviour Behaviour)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Split(':', StringSplitOptions.TrimEntries) is not [var percent, var name])
                throw new FormatException("You need to use percentage:name");
            if (!int.TryParse(percent, NumberStyles.None, CultureInfo.InvariantCulture, out var share) || share > Whole)
                throw new FormatException($"a percentage is a whole number from 0 to 100, not '{percent}'");
            shares.Add((share, BehaviourNames.Parse(name)));
        }

        var total = shares.Sum(share => share.Percent);
        if (total > Whole)
            throw new FormatException("The behavior total needs to be 100 or less");
        if (total < Whole)
            shares.Add((Whole - total, Behaviour.Dummy));
        return new BehaviourMix([.. shares.Where(share => share.Percent > 0)]);
    }

    public static BehaviourMix Only(Behaviour behaviour) => new([(Whole, behaviour)]);

    /// <summary>The behaviour in whose share a number falls; the shares follow each other as they were given.</summary>
    /// <param name="number">In [0, 1).</param>
    public Behaviour At(double number)
    {
        var end = 0.0;
        foreach (var (percent, behaviour) in _shares)
        {
            end += percent;
            if (number * Whole < end)
                return behaviour;
        }

        return _shares[^1].Behaviour;
    }

    /// <summary>A name alone, or the whole list.</summary>
    public override string ToString() => _shares is [(Whole, var only)]
        ? BehaviourNames.NameOf(only)
        : string.Join(',', _shares.Select(share => $"{share.Percent}:{BehaviourNames.NameOf(share.Behaviour)}"));
}
