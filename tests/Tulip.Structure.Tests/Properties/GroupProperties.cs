namespace Tulip.Structure.Tests.Properties;

/// <summary>Nested groups of tasks that fail, clean up and are cancelled at random.</summary>
public sealed class GroupProperties
{
    [Fact]
    public void TaskGroup_EndsAfterItsTasks_WithAllTheirFailures_AndTheCountAsItWas() => Interleavings.Check(async choices =>
    {
        var requests = new int[3];
        var crowd = new Crowd(choices, requests.Length, async who =>
        {
            // Requests of the past are taken back, those of others meanwhile stay, those of the groups are gone.
            while (((AsyncTask<Unit>)CurrentTask()!).Uncancel() > 0)
            {
            }

            requests[who] = 0;
            await new Program(choices).Run();
            Assert.Equal(requests[who], CurrentTask()!.Cancelling);
        })
        {
            OnCancel = who => requests[who]++,
        };
        await crowd.Run(static () => { });
    });

    private sealed class Program(Choices choices)
    {
        private const int Deepest = 3;

        public Coroutine Run() => Group(Deepest);

        private async Coroutine Group(int depth)
        {
            var children = new List<AsyncTask<Unit>>();
            var failures = new List<Exception>();
            var bodysFailures = new List<Exception>();
            Exception? thrown = null;
            try
            {
                await TaskGroup.Run(async group =>
                {
                    for (var i = choices.Next(4); i > 0; i--)
                    {
                        children.Add(group.CreateTask(Work(depth, failures)));
                        await Sleep(choices.Next(2) * 0.5);
                    }

                    if (choices.Next(6) == 0)
                        group.Cancel();
                    await Work(depth, bodysFailures);
                });
            }
            catch (AggregateException exception)
            {
                thrown = exception;

                // The body's comes last, as in asyncio.
                Assert.Equal(failures.Concat(bodysFailures), exception.InnerExceptions);
            }
            finally
            {
                Assert.All(children, static child => Assert.True(child.Done));
                Assert.True((failures.Count == 0 && bodysFailures.Count == 0) || thrown is not null, "Failures were lost.");
            }

            if (thrown is not null && depth < Deepest)
                throw thrown;
        }

        private async Coroutine Work(int depth, List<Exception> failures)
        {
            try
            {
                switch (choices.Next(depth > 0 ? 6 : 5))
                {
                    case 0:
                        throw new FormatException();
                    case 1:
                        await CleanUp();
                        break;
                    case 2:
                        await Sleep(choices.Next(4) * 0.5);
                        throw new FormatException();
                    case 5:
                        await Group(depth - 1);
                        break;
                    default:
                        await Sleep(choices.Next(4) * 0.5);
                        break;
                }
            }
            catch (Exception exception) when (exception is not CancelledException)
            {
                failures.Add(exception);
                throw;
            }
        }

        private async Coroutine CleanUp()
        {
            try
            {
                await Sleep(choices.Next(4) * 0.5);
            }
            finally
            {
                await Sleep(0.25);
            }
        }
    }
}
