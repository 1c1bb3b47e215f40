namespace Tulip.Structure.Tests.Properties;

/// <summary>Queues under random cancels: what goes in comes out once, in the right order, and nobody waits for what is there.</summary>
public sealed class QueueProperties
{
    [Fact]
    public void AsyncQueue_GivesTheOldestFirst_AndLosesNothing()
        => Interleavings.Check(choices => Check(choices, size => new AsyncQueue<int>(size), items => 0));

    [Fact]
    public void AsyncLifoQueue_GivesTheNewestFirst_AndLosesNothing()
        => Interleavings.Check(choices => Check(choices, size => new AsyncLifoQueue<int>(size), items => items.Count - 1));

    [Fact]
    public void AsyncPriorityQueue_GivesTheLeastFirst_AndLosesNothing()
        => Interleavings.Check(choices => Check(choices, size => new AsyncPriorityQueue<int>(size, s_byLastDigit), items =>
        {
            // Equal ones in the order in which they came.
            return Enumerable.Range(0, items.Count).OrderBy(i => items[i] % 10).First();
        }));

    private static readonly IComparer<int> s_byLastDigit = Comparer<int>.Create((a, b) => (a % 10).CompareTo(b % 10));

    /// <param name="choices">What happens.</param>
    /// <param name="make">Makes the queue, given its size.</param>
    /// <param name="next">Which of the items, in the order in which they were put in, has to come out.</param>
    private static async Coroutine Check(Choices choices, Func<int, AsyncQueue<int>> make, Func<List<int>, int> next)
    {
        var queue = make(choices.Next(4));
        var model = new List<int>();
        var (last, unfinished, getting, putting, joining) = (0, 0, 0, 0, 0);
        var crowd = new Crowd(choices, 6, async _ =>
        {
            switch (choices.Next(8))
            {
                case 0:
                    Taken(TryGet());
                    break;
                case 1:
                    TryPut();
                    break;
                case 2 when unfinished > model.Count:
                    queue.TaskDone();
                    unfinished--;
                    break;
                case 3:
                    await Counted(() => joining++, () => joining--, queue.Join());
                    break;
                case 4 or 5:
                    // Another task has no chance between the queue's act and the model's.
                    await Counted(() => getting++, () => getting--, Get());
                    break;
                default:
                    await Counted(() => putting++, () => putting--, Put(NewItem()));
                    break;
            }

            Assert.Equal(model.Count, queue.QSize);
        });
        await crowd.Run(() =>
        {
            Assert.True(getting == 0 || queue.Empty, "A task waits for an item while there is one.");
            Assert.True(putting == 0 || queue.Full, "A task waits for room while there is some.");
            Assert.True(joining == 0 || unfinished > 0, "A task waits for work that is done.");
        });

        while (model.Count > 0)
            Taken(queue.GetNoWait());
        Assert.True(queue.Empty);
        for (; unfinished > 0; unfinished--)
            queue.TaskDone();
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
        await queue.Join();

        int NewItem() => (++last * 10) + choices.Next(3);

        int? TryGet() => model.Count > 0 ? queue.GetNoWait() : null;

        void TryPut()
        {
            if (queue.MaxSize > 0 && model.Count >= queue.MaxSize)
            {
                Assert.Throws<QueueFullException>(() => queue.PutNoWait(0));
                return;
            }

            var item = NewItem();
            queue.PutNoWait(item);
            IsIn(item);
        }

        void Taken(int? item)
        {
            if (item is null)
                return;
            var place = next(model);
            Assert.Equal(model[place], item);
            model.RemoveAt(place);
        }

        void IsIn(int item)
        {
            model.Add(item);
            unfinished++;
        }

        async Coroutine Get() => Taken(await queue.Get());

        async Coroutine Put(int item)
        {
            await queue.Put(item);
            IsIn(item);
        }

        static async Coroutine Counted(Action begin, Action end, Coroutine wait)
        {
            begin();
            try
            {
                await wait;
            }
            finally
            {
                end();
            }
        }
    }
}
