using Tulip.Extras.Tests.Support;
using static Tulip.Aio;

namespace Tulip.Extras.Tests.Sync;

/// <summary>Random senders, receivers and cancels: whatever happens, each item that was sent is received once.</summary>
public sealed class ChannelModelTests
{
    // In debug mode each call of a coroutine is recorded with its place, which takes a while.
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("TULIP_DEBUG") is null ? 1_000 : 10;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Channel_UnderRandomCancels_LosesNothingAndDoublesNothing(int maxBuffer)
    {
        for (var seed = 0; seed < s_rounds; seed++)
            Virtual.Run(() => new Model(maxBuffer, seed).Run());
    }

    private sealed class Model(int maxBuffer, int seed)
    {
        private const int Senders = 3;
        private const int Receivers = 3;
        private const int ItemsEach = 6;

        private readonly Random _random = new(seed);
        private readonly List<int> _sent = [];
        private readonly List<int> _received = [];

        public async Coroutine Run()
        {
            var (sender, receiver) = MemoryChannel.Open<int>(maxBuffer);
            var tasks = new List<AsyncTask<Unit>>();
            for (var i = 0; i < Senders; i++)
                tasks.Add(CreateTask(Send(sender.Clone(), i * ItemsEach)));
            for (var i = 0; i < Receivers; i++)
                tasks.Add(CreateTask(Receive(receiver.Clone())));
            sender.Close();
            var canceller = CreateTask(CancelSome(tasks));
            await Wait(tasks);
            canceller.Cancel();

            // What cancelled receivers left behind, and what was sent after them.
            while (receiver.Statistics is { CurrentBufferUsed: > 0 } or { TasksWaitingSend: > 0 })
                _received.Add(receiver.ReceiveNoWait());
            Assert.Throws<EndOfChannelException>(() => receiver.ReceiveNoWait());
            Assert.True(_received.Order().SequenceEqual(_sent.Order()), $"seed {seed}: sent {string.Join(' ', _sent)}, received {string.Join(' ', _received)}");
            Assert.Equal(new MemoryChannelStatistics(0, maxBuffer, 0, 1, 0, 0), receiver.Statistics);
        }

        private async Coroutine Send(SendChannel<int> channel, int first)
        {
            using (channel)
            {
                for (var item = first; item < first + ItemsEach; item++)
                {
                    try
                    {
                        await channel.Send(item);
                        _sent.Add(item);
                        await Pause();
                    }
                    catch (CancelledException) when (_random.Next(3) > 0)
                    {
                    }
                }
            }
        }

        private async Coroutine Receive(ReceiveChannel<int> channel)
        {
            using (channel)
            {
                while (true)
                {
                    try
                    {
                        await foreach (var item in channel)
                        {
                            _received.Add(item);
                            await Pause();
                        }

                        return;
                    }
                    catch (CancelledException) when (_random.Next(5) > 0)
                    {
                    }
                }
            }
        }

        private async Coroutine CancelSome(List<AsyncTask<Unit>> tasks)
        {
            while (true)
            {
                await Sleep(_random.Next(2));
                for (var n = _random.Next(3); n > 0; n--)
                    tasks[_random.Next(tasks.Count)].Cancel();
            }
        }

        private Coroutine Pause() => Sleep(_random.Next(2));
    }
}
