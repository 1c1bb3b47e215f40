// Chaos: which behaviours there are at the moment, and what they have been asked so far.
// Thread: the loop's.
//   1. With a seed a decision depends on nothing but the seed and the key, and on how many calls a counting behaviour had.
//   2. A change counts from the next decision on, and counting begins anew with it.
namespace ChaosProxy;

/// <summary>Decides what happens to each request and each piece of data; what it decides from can be changed at any time.</summary>
/// <param name="mix">The behaviours to begin with.</param>
/// <param name="options">Their options.</param>
/// <param name="seed">For decisions that repeat; null for others each time.</param>
internal sealed class Chaos(BehaviourMix mix, BehaviourOptions options, int? seed)
{
    private readonly int _seed = seed ?? Random.Shared.Next();
    private long _draws;
    private int _errors;
    private int _transients;

    public BehaviourMix Mix { get; private set; } = mix;

    public BehaviourOptions Options { get; private set; } = options;

    /// <summary>Changes the behaviours for what comes from now on, on open connections too.</summary>
    public void Change(BehaviourMix mix, BehaviourOptions options)
    {
        (Mix, Options) = (mix, options);
        (_errors, _transients) = (0, 0);
    }

    /// <summary>Decides.</summary>
    /// <param name="key">What is decided on: a request's path, or the number of a piece of data.</param>
    public Verdict Decide(string key)
    {
        var draw = new Draw(_seed, seed is null ? $"{key} {++_draws}" : key);
        var behaviour = Mix.At(draw.Uniform(salt: 0));
        return new Verdict(behaviour, ActOf(behaviour), Options, draw);
    }

    private Act ActOf(Behaviour behaviour) => behaviour switch
    {
        Behaviour.Delay => Act.Wait,
        Behaviour.Hang => Act.Hang,
        Behaviour.Blackout => Act.CloseClient,
        Behaviour.Abort => Act.BreakOff,
        Behaviour.Error => Error(),
        Behaviour.Transient when _transients < Options.TransientAgitate => Transient(),
        _ => Act.Pass,
    };

    private Act Error()
    {
        if (_errors < Options.ErrorWarmup)
        {
            _errors++;
            return Act.Pass;
        }

        return Options.ErrorInject ? Act.Inject : Act.Fail;
    }

    private Act Transient()
    {
        _transients++;
        return Error();
    }
}
