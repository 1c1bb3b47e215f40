using System.Linq.Expressions;
using static Tulip.Executors.Tests.Guard;

namespace Tulip.Executors.Tests;

/// <summary>Which functions, arguments and results can travel.</summary>
public sealed class CallTests : IDisposable
{
    private readonly ProcessPoolExecutor _pool = new(1);
    private readonly int _field = 1;

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Function_RunsInAnotherProcess()
    {
        var worker = _pool.Submit(Jobs.ProcessId).Result();
        Assert.NotEqual(Environment.ProcessId, worker);
        Assert.Equal([worker], _pool.WorkerProcessIds);
    }

    [Fact]
    public void Arguments_ArriveAsTheyAre()
    {
        Assert.Equal(49, _pool.Submit(Jobs.Square, 7).Result());
        Assert.Equal("a 2 0.5/NaN/Infinity k=4", _pool.Submit(Jobs.Join, "a", 2, new[] { 0.5, double.NaN, double.PositiveInfinity }, ("k", 4)).Result());
        Assert.Equal("ÄÖ", _pool.Submit(Jobs.Upper, new Jobs.Named("äö")).Result());
        Assert.Null(_pool.Submit(Jobs.Same<string?>, (string?)null).Result());
        Assert.Equal((1, "x"), _pool.Submit(Jobs.Same<(int, string)>, (1, "x")).Result());
        var much = new byte[5_000_000];
        Random.Shared.NextBytes(much);
        Assert.Equal(much, _pool.Submit(Jobs.Same<byte[]>, much).Result());
    }

    [Fact]
    public void Function_WithoutResult_Ends()
    {
        var job = _pool.Submit(Jobs.Nothing);
        job.End();
        Assert.True(job.IsCompletedSuccessfully);
    }

    [Fact]
    public void Lambda_ThatCapturesNothing_Runs()
    {
        Assert.Equal(10, _pool.Submit(static n => n * 2, 5).Result());
        Assert.Equal(7, _pool.Submit(() => 7).Result());
        Assert.Equal("Int32", InGeneric(3));
        Assert.Equal(8, _pool.Submit(Local, 7).Result());

        string InGeneric<T>(T value) => _pool.Submit(static v => v!.GetType().Name, value).Result();
        static int Local(int n) => n + 1;
    }

    [Fact]
    public void Function_ThatNeedsThisProcess_IsRefusedAtTheCall()
    {
        var limit = 3;
        AssertRefused(() => _pool.Submit(() => limit), "'limit'");
        for (var i = 0; i < 1; i++)
            AssertRefused(() => _pool.Submit(() => limit + i), "'i'");
        AssertRefused(() => _pool.Submit(FieldOfThis), "is an instance method");
        AssertRefused(() => _pool.Submit("text".Trim), "is an instance method");
        AssertRefused(() => _pool.Submit("text".First), "bound to its first argument");
        AssertRefused(() => _pool.Submit(Expression.Lambda<Func<int>>(Expression.Constant(1)).Compile()), "made at run time");
        AssertRefused(() => _pool.Submit((Func<int>)Jobs.ProcessId + Jobs.Count), "several functions");
        AssertRefused(() => _pool.Submit(Jobs.Later), "Give a function that blocks");
        Assert.Empty(_pool.WorkerProcessIds);
    }

    [Fact]
    public void Argument_ThatIsNoJson_IsRefusedAtTheCall()
    {
        var stream = AtTheCall<ArgumentException>(() => _pool.Submit(Jobs.Same<Action>, (Action)Jobs.Nothing));
        Assert.StartsWith("The argument 'value' cannot be sent to a worker process: System.Action is not written as JSON.", stream.Message);
        var cycle = new List<object>();
        cycle.Add(cycle);
        AtTheCall<ArgumentException>(() => _pool.Submit(Jobs.Same<List<object>>, cycle));
        Assert.Empty(_pool.WorkerProcessIds);
    }

    [Fact]
    public void Result_ThatRefusesToBeReadAgain_FailsTheJobOnly()
    {
        using var pool = new ProcessPoolExecutor(1);
        var failure = pool.Submit(Jobs.Unreadable).Fails<InvalidOperationException>();
        Assert.IsType<OverflowException>(failure.InnerException);
        Assert.Equal(9, pool.Submit(Jobs.Square, 3).Result());
    }

    [Fact]
    public void Result_ThatIsNoJson_FailsTheJobOnly()
    {
        var failure = _pool.Submit(Jobs.Unwritable).Fails<InvalidOperationException>();
        Assert.Contains("Jobs.Unwritable ran to its end, but its result cannot be sent back", failure.Message);
        Assert.Equal(4, _pool.Submit(Jobs.Square, 2).Result());
    }

    [Fact]
    public void Json_OptionsAreUsedOnBothSides()
    {
        using var pool = new ProcessPoolExecutor(1, new ProcessPoolOptions { Json = Jobs.CamelCase });
        Assert.Equal("A", pool.Submit(Jobs.Upper, new Jobs.Named("a")).Result());
    }

    [Fact]
    public void Exception_OfAKnownKind_ArrivesWithItsTypeAndTheRemoteText()
    {
        var failure = _pool.Submit(Jobs.Throw, "format").Fails<FormatException>();
        Assert.Equal("bad format", failure.Message);
        var remote = Assert.IsType<WorkerException>(failure.InnerException);
        Assert.Equal("System.FormatException", remote.TypeName);
        Assert.Contains("InvalidDataException: the cause", remote.RemoteText);
        Assert.Contains("at Tulip.Executors.Tests.Jobs.Throw", failure.ToString());
        Assert.Equal("too great (Parameter 'number')", _pool.Submit(Jobs.Throw, "argument").Fails<ArgumentOutOfRangeException>().Message);
        Assert.Equal("given up", _pool.Submit(Jobs.Throw, "cancelled").Fails<OperationCanceledException>().Message);
    }

    [Fact]
    public void Exception_ThatCannotBeMadeAgain_ArrivesAsText()
    {
        var failure = _pool.Submit(Jobs.Throw, "own").Fails<WorkerException>();
        Assert.Equal("Tulip.Executors.Tests.Jobs+OwnException in a worker process: code 3", failure.Message);
        Assert.Contains("at Tulip.Executors.Tests.Jobs.Throw", failure.ToString());
    }

    [Fact]
    public void Map_GivesTheResultsInTheOrderOfTheItems()
    {
        using var pool = new ProcessPoolExecutor(2);
        Assert.Equal(Enumerable.Range(0, 50).Select(Jobs.Square), pool.Map(Jobs.Square, Enumerable.Range(0, 50), chunkSize: 7));
        using var results = pool.Map(Jobs.Even, [2, 4, 5, 6]).GetEnumerator();
        Assert.True(results.MoveNext() && results.MoveNext());
        Assert.Equal("5 is odd", Assert.Throws<FormatException>(() => results.MoveNext()).Message);
    }

    private int FieldOfThis() => _field;

    private static void AssertRefused(Action call, string because) => Assert.Contains(because, AtTheCall<ArgumentException>(call).Message);
}
