namespace Tulip;

/// <summary>The members of <see cref="EventLoop"/> that know futures and tasks.</summary>
/// <remarks><threadsafety>Loop thread only, or any one thread while the loop does not run.</threadsafety></remarks>
public static class EventLoopTasks
{
    extension(EventLoop loop)
    {
        /// <summary>Makes the loop's tasks; null for the loop itself (<c>set_task_factory</c>, <c>get_task_factory</c>).</summary>
        public ITaskFactory? TaskFactory
        {
            get => TaskRegistry.Of(loop).Factory;
            set => TaskRegistry.Of(loop).Factory = value;
        }

        /// <summary>A pending future of this loop (<c>create_future</c>).</summary>
        public Future<T> CreateFuture<T>() => new(loop);

        /// <summary>Runs a coroutine as a task that begins in the next pass (<c>create_task</c>).</summary>
        /// <param name="coroutine">A coroutine that has not been awaited.</param>
        /// <param name="name">A name for messages; null for <c>Task-N</c>.</param>
        /// <param name="context">The context to run in, shared: <c>new Context()</c> for an empty one; null for a copy of the caller's.</param>
        /// <param name="eagerStart">Whether the first step runs before this returns; null for the task factory's own way.</param>
        /// <exception cref="InvalidOperationException">The coroutine has been awaited already, or the loop is closed or
        /// runs on another thread.</exception>
        public AsyncTask<T> CreateTask<T>(Coroutine<T> coroutine, string? name = null, Context? context = null, bool? eagerStart = null)
            => TaskRegistry.Of(loop).Factory is { } factory
                ? factory.Create(loop, coroutine, new TaskOptions(name, context, eagerStart))
                : TaskFactories.Make(loop, coroutine, new TaskOptions(name, context, eagerStart), eager: false);

        /// <inheritdoc cref="CreateTask{T}(EventLoop, Coroutine{T}, string?, Context?, bool?)"/>
        public AsyncTask<Unit> CreateTask(Coroutine coroutine, string? name = null, Context? context = null, bool? eagerStart = null)
            => loop.CreateTask((Coroutine<Unit>)coroutine, name, context, eagerStart);

        /// <summary>Runs the loop until a future is done and gives its result (<c>run_until_complete</c>).</summary>
        /// <exception cref="InvalidOperationException">The loop is closed or running, another loop runs on this thread,
        /// or the loop was stopped before the future was done.</exception>
        /// <exception cref="DeadlockException">The loop has a <see cref="VirtualClock"/> and can never go on.</exception>
        public T RunUntilComplete<T>(Future<T> future)
        {
            ArgumentNullException.ThrowIfNull(future);
            if (!ReferenceEquals(future.Loop, loop))
                throw new ArgumentException("The future belongs to a different loop.", nameof(future));

            // Before the callback is added: a run that is refused must not leave it behind to stop another one.
            loop.CheckCanRun();
            var stop = new InternalCallback(future, static done =>
            {
                // An interrupt has ended the run by itself; this comes in the next one, which it must not stop.
                if (done.Failure?.Exception is not KeyboardInterruptException)
                    done.Loop.Stop();
            });
            future.AddCallback(stop);
            try
            {
                loop.RunForever();
            }
            catch
            {
                // An interrupt that is thrown here has been seen.
                future.MarkRetrieved();
                throw;
            }
            finally
            {
                future.RemoveCallback(stop);
            }

            if (!future.Done)
                throw new InvalidOperationException("Event loop stopped before Future completed.");
            return future.Result();
        }

        /// <summary>Runs the loop until a coroutine, run as a task, is done and gives its result (<c>run_until_complete</c>).</summary>
        /// <inheritdoc cref="RunUntilComplete{T}(EventLoop, Future{T})"/>
        public T RunUntilComplete<T>(Coroutine<T> coroutine)
        {
            loop.CheckCanRun();
            return loop.RunUntilComplete(loop.CreateTask(coroutine));
        }

        /// <inheritdoc cref="RunUntilComplete{T}(EventLoop, Coroutine{T})"/>
        public void RunUntilComplete(Coroutine coroutine) => loop.RunUntilComplete((Coroutine<Unit>)coroutine);

        /// <summary>Runs a blocking function away from the loop (<c>run_in_executor</c>). It starts at the call.</summary>
        /// <remarks>
        /// Cancelling the future takes the job back if it has not started. A function that runs cannot be stopped; its
        /// result is then dropped.
        /// </remarks>
        /// <param name="executor">Where to run it; null for the loop's default, a <see cref="ThreadPoolExecutor"/>.</param>
        /// <param name="function">The function; it must not touch the loop.</param>
        /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
        public Future<T> RunInExecutor<T>(IExecutor? executor, Func<T> function)
        {
            ArgumentNullException.ThrowIfNull(function);
            loop.CheckCanSchedule();
            return ExecutorJob.Start(loop, executor ?? loop.Executors.GetOrCreate(), function);
        }

        /// <summary>Runs a blocking function away from the loop (<c>run_in_executor</c>). It starts at the call.</summary>
        /// <param name="executor">Where to run it; null for the loop's default, a <see cref="ThreadPoolExecutor"/>.</param>
        /// <param name="action">The function; it must not touch the loop.</param>
        /// <exception cref="InvalidOperationException">The executor was shut down.</exception>
        public Future<Unit> RunInExecutor(IExecutor? executor, Action action)
        {
            ArgumentNullException.ThrowIfNull(action);
            return loop.RunInExecutor(executor, ExecutorCall.Of(action));
        }

        /// <summary>Chooses what <c>RunInExecutor(null, …)</c> uses from now on (<c>set_default_executor</c>). The loop's
        /// closing shuts it down.</summary>
        public void SetDefaultExecutor(ThreadPoolExecutor executor)
        {
            ArgumentNullException.ThrowIfNull(executor);
            loop.Executors.Set(executor);
        }

        /// <summary>Refuses new jobs for the default executor and waits for the running ones (<c>shutdown_default_executor</c>).</summary>
        /// <param name="timeout">The longest wait in seconds; null for no limit. When it is over, the threads are left
        /// to themselves and the exception handler is told.</param>
        public Coroutine ShutdownDefaultExecutor(double? timeout = null)
        {
            var limit = timeout is { } seconds
                ? TimeSpan.FromSeconds(LoopTime.ToSeconds(LoopTime.FromSeconds(seconds, nameof(timeout))))
                : System.Threading.Timeout.InfiniteTimeSpan;
            return ExecutorJob.ShutdownDefault(loop, limit);
        }

        /// <summary>Not for coroutines: make a task of it.</summary>
        [Obsolete("A coroutine given to CallSoon would never run. Use CreateTask or StartSoon.", error: true)]
        public Handle CallSoon(Func<Coroutine> callback)
            => throw new ArgumentException("Coroutines cannot be used with CallSoon.", nameof(callback));
    }
}
