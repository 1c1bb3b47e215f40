using Tulip;
using static Tulip.Aio;

namespace Tour;

/// <summary>
/// Twice: a generator that is sent each value and answers, as before there were coroutines; then two tasks with a queue
/// between them.
/// </summary>
internal static class ProducerConsumer
{
    private const int Values = 5;
    private const int Items = 10;
    private const int Seed = 7;

    public static void Run(Scene scene)
    {
        Produce(scene, new Consumer(scene));
        scene.Run(WithQueue(scene));
    }

    private static void Produce(Scene scene, Consumer consumer)
    {
        for (var value = 1; value <= Values; value++)
        {
            scene.Print($"[PRODUCER] Producing {value}...");
            scene.Print($"[PRODUCER] Consumer return: {consumer.Send(value)}");
        }
    }

    private static async Coroutine WithQueue(Scene scene)
    {
        var random = new Random(Seed);
        var queue = new AsyncQueue<string>();
        await Gather(Produce(scene, queue, random), Consume(scene, queue, random));
    }

    private static async Coroutine Produce(Scene scene, AsyncQueue<string> queue, Random random)
    {
        for (var item = 1; item <= Items; item++)
        {
            scene.Print($"producing {item}/{Items}");
            await Sleep(random.NextDouble());
            await queue.Put($"{item}");
        }

        queue.Shutdown();
    }

    private static async Coroutine Consume(Scene scene, AsyncQueue<string> queue, Random random)
    {
        try
        {
            while (true)
            {
                var item = await queue.Get();
                scene.Print($"consuming item {item}...");
                await Sleep(random.NextDouble());
            }
        }
        catch (QueueShutDownException)
        {
            // All is consumed and nothing more will come.
        }
    }

    /// <summary>A generator with Python's <c>send</c>: the value is laid down, then the generator goes on to its next answer.</summary>
    private sealed class Consumer
    {
        private readonly Scene _scene;
        private readonly IEnumerator<string> _generator;
        private int _sent;

        public Consumer(Scene scene)
        {
            _scene = scene;
            _generator = Consume().GetEnumerator();
            _generator.MoveNext(); // to its first yield, where it can be sent something
        }

        public string Send(int value)
        {
            _sent = value;
            _generator.MoveNext();
            return _generator.Current;
        }

        private IEnumerable<string> Consume()
        {
            var answer = "";
            while (true)
            {
                yield return answer;
                _scene.Print($"[CONSUMER] Consuming {_sent}...");
                answer = "200 OK";
            }
        }
    }
}
