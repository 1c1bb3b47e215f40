using Evolution;

namespace Tulip.Programs.Tests;

public sealed class HandMadeTests
{
    [Fact]
    public void HandTask_GoesOnWhenItsFutureIsDone_ThroughDelegatedGenerators()
    {
        List<string> steps = [];
        var first = new HandFuture();
        var second = new HandFuture();
        _ = new HandTask(Outer());
        Assert.Equal(["outer begins", "inner begins"], steps);

        first.SetResult(1);
        Assert.Equal("inner has 1", steps[^1]);
        second.SetResult(2);
        Assert.Equal(["inner ends", "outer ends"], steps[^2..]);

        IEnumerable<object> Outer()
        {
            steps.Add("outer begins");
            yield return Inner();
            steps.Add("outer ends");
        }

        IEnumerable<object> Inner()
        {
            steps.Add("inner begins");
            yield return first;
            steps.Add($"inner has {first.Result}");
            yield return second;
            steps.Add("inner ends");
        }
    }

    [Fact]
    public void TornadoRunner_WhatIsThrownIsTheFuturesResult()
    {
        var waited = new HandFuture();
        var isClosed = false;
        var result = TornadoRunner.Start(Work());
        object? seen = null;
        result.AddDoneCallback(future => seen = future.Result);
        Assert.Null(seen);

        waited.SetResult(20);
        Assert.Equal(21, seen);
        Assert.True(isClosed);

        IEnumerable<HandFuture> Work()
        {
            try
            {
                yield return waited;
                throw new ReturnException((int)waited.Result! + 1);
            }
            finally
            {
                isClosed = true;
            }
        }
    }

    [Fact]
    public void TornadoRunner_NothingThrown_NoResult()
    {
        var waited = new HandFuture();
        var result = TornadoRunner.Start([waited]);
        var isDone = false;
        result.AddDoneCallback(_ => isDone = true);
        waited.SetResult(5);
        Assert.True(isDone);
        Assert.Null(result.Result);
    }
}
