namespace Tulip.Structure.Tests.Nesting;

/// <summary>What a layer of a case is, and what its trigger does.</summary>
public enum LayerKind
{
    /// <summary><c>WithTimeout</c>.</summary>
    Timeout,

    /// <summary><c>WaitFor</c> of a coroutine.</summary>
    WaitFor,

    /// <summary><c>MoveOnAfter</c>.</summary>
    MoveOn,

    /// <summary><c>FailAfter</c>.</summary>
    Fail,

    /// <summary>A scope that somebody cancels.</summary>
    Scope,

    /// <summary>The same with a shield.</summary>
    Shield,

    /// <summary>A group with a task, ended by <c>TaskGroup.Cancel</c>.</summary>
    GroupEnds,

    /// <summary>A group whose task fails.</summary>
    GroupFails,

    /// <summary>Nothing around the code; somebody cancels the whole task.</summary>
    Outside,
}

/// <summary>What the code inside all layers does.</summary>
public enum BodyKind
{
    Sleeps,
    SleepsBriefly,
    SwallowsOnce,
    SwallowsThrice,
    CleansUp,
    CleansUpShielded,
}

/// <summary>A layer and when its trigger comes, in milliseconds; null for never.</summary>
public sealed record Layer(LayerKind Kind, int? Trigger)
{
    public override string ToString() => $"{Kind}{(Trigger is { } at ? $"@{at}" : "")}";
}

/// <summary>Layers, the outermost first, and a body. In each layer, behind the next one, there is a short sleep.</summary>
public sealed record NestingCase(IReadOnlyList<Layer> Layers, BodyKind Body)
{
    /// <summary>No two sums of these and the triggers are equal, so that only triggers can come at the same time.</summary>
    public const int Long = 4030;
    public const int Brief = 1507;
    public const int SecondSleep = 1310;
    public const int CleanUp = 1273;
    public const int Tail = 571;
    public const int ChildLife = 2303;
    public const int ChildCleanUp = 411;

    /// <summary>A task that fails does so a little later than other triggers come: the news takes it some passes.</summary>
    public const int FailureDelay = 125;

    private static readonly int?[] s_triggers = [null, 1000, 2000, 3000];

    /// <summary>Every nesting of two, with every order of their triggers.</summary>
    public static IEnumerable<NestingCase> Pairs(BodyKind body)
        => from outer in Enum.GetValues<LayerKind>()
           from inner in Enum.GetValues<LayerKind>()
           from outerAt in s_triggers
           from innerAt in s_triggers
           select new NestingCase([new Layer(outer, outerAt), new Layer(inner, innerAt)], body);

    public static NestingCase Random(Random random, int depth)
    {
        var layers = Enumerable.Range(0, depth)
            .Select(_ => new Layer((LayerKind)random.Next(Enum.GetValues<LayerKind>().Length), s_triggers[random.Next(s_triggers.Length)]));
        return new NestingCase([.. layers], (BodyKind)random.Next(Enum.GetValues<BodyKind>().Length));
    }

    public override string ToString() => $"{string.Join(" > ", Layers)} > {Body}";
}
