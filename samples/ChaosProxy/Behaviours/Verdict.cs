namespace ChaosProxy;

/// <summary>What happens to one request, or to one piece of data.</summary>
internal enum Act
{
    Pass,
    Wait,
    Fail,
    Inject,
    Hang,
    CloseClient,
    BreakOff,
}

/// <summary>A decision: the behaviour that was drawn, and what it comes to this time.</summary>
/// <param name="Behaviour">The behaviour drawn.</param>
/// <param name="Act">What is done.</param>
/// <param name="Options">The options in force when it was drawn: a later change leaves what has begun as it is.</param>
/// <param name="Draw">The chance that goes with it.</param>
internal readonly record struct Verdict(Behaviour Behaviour, Act Act, BehaviourOptions Options, Draw Draw)
{
    private static readonly int[] s_errors = [500, 501, 502, 503];

    /// <summary>Which server error it is.</summary>
    public int ErrorStatus => s_errors[(int)(Draw.Uniform(salt: 1) * s_errors.Length)];
}
