using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Introspection;

public sealed class TaskStackTests
{
    [Fact]
    public void Suspended_HasAllItsCoroutines_TheOutermostFirst() => Virtual.Run(async () =>
    {
        var task = CreateTask(Outer(Inner), "nested");
        await Sleep(0);
        Assert.Equal(["Outer", "Inner", "Aio.Sleep"], Names(task.GetStack()));
        Assert.Equal(["Inner", "Aio.Sleep"], Names(task.GetStack(2)));
        Assert.Empty(task.GetStack(0));
        Assert.Equal("""
            Stack for TASK (most recent call last):
              File 'TaskStackTests.cs', line N, in async TaskStackTests.Outer()
              File 'TaskStackTests.cs', line N, in async TaskStackTests.Inner()
              in async Aio.Sleep()

            """, Printed(task));
        await task;
        Assert.Empty(task.GetStack());
        Assert.Equal("No stack for TASK\n", Printed(task));
        Assert.Throws<ArgumentOutOfRangeException>(() => task.GetStack(-1));
    });

    [Fact]
    public void Failed_HasTheCallsOfItsException() => Virtual.Run(async () =>
    {
        var task = CreateTask(Outer(Fails));
        await Wait([task]);
        Assert.Equal(["Outer", "Fails"], Names(task.GetStack()));
        Assert.Equal(["Outer"], Names(task.GetStack(1)));
        Assert.Equal("""
            Traceback for TASK (most recent call last):
              File 'TaskStackTests.cs', line N, in async TaskStackTests.Outer()
              File 'TaskStackTests.cs', line N, in async TaskStackTests.Fails()
            InvalidOperationException: no

            """, Printed(task));
        Assert.NotNull(task.Exception());
    });

    [Fact]
    public void Running_HasTheCallsOfItsCode() => Virtual.Run(async () =>
    {
        await Outer(Look);

        static async Coroutine Look()
        {
            await Sleep(0);
            Assert.Equal(["Outer", "Look"], Names(CurrentTask()!.GetStack())[^2..]);
        }
    });

    private static string[] Names(IReadOnlyList<FrameCallGraphEntry> stack) => [.. stack.Select(static call => call.Method.Replace("TaskStackTests.", ""))];

    private static string Printed(IAsyncTask task)
    {
        using var writer = new StringWriter();
        task.PrintStack(writer);
        return Texts.Plain(writer.ToString().Replace(task.ToString()!, "TASK"));
    }

    private static async Coroutine Outer(Func<Coroutine> inner) => await inner();

    private static async Coroutine Inner() => await Sleep(10);

    private static async Coroutine Fails()
    {
        await Sleep(0);
        throw new InvalidOperationException("no");
    }
}
