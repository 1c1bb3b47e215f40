namespace Tour;

/// <summary>A program of the tour.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it shows.</param>
/// <param name="File">Its source file.</param>
/// <param name="Run">Runs it.</param>
internal sealed record Stop(string Name, string Description, string File, Action<Scene> Run)
{
    /// <summary>The stops in the order in which they teach.</summary>
    public static IReadOnlyList<Stop> All { get; } =
    [
        new("hello", "one coroutine, then two on one thread", "Hello.cs", Hello.Run),
        new("states", "a task pending, running, done, cancelled", "States.cs", States.Run),
        new("gather", "three factorials at once", "Factorials.cs", Factorials.Run),
        new("tasks", "three tasks that take as long as the longest", "Tasks.cs", Tasks.Run),
        new("depends", "a task that waits for another's result", "Depends.cs", Depends.Run),
        new("nested", "coroutines that await coroutines, and results as they come", "Nested.cs", Nested.Run),
        new("callbacks", "a task's callback; callbacks of the loop, soon and later", "Callbacks.cs", Callbacks.Run),
        new("async-for", "an asynchronous iterator", "AsyncFor.cs", AsyncFor.Run),
        new("async-with", "a connection that is opened and closed asynchronously", "AsyncWith.cs", AsyncWith.Run),
        new("producer-consumer", "by sending values into a generator, and with a queue", "ProducerConsumer.cs", ProducerConsumer.Run),
        new("thread-loop", "a loop in its own thread, calls from outside, a handle cancelled", "ThreadLoop.cs", ThreadLoop.Run),
        new("run-sync", "a coroutine called by ordinary code", "RunSync.cs", RunSync.Run),
        new("executor", "blocking functions in three threads", "Executor.cs", Executor.Run),
    ];

    /// <summary>The program's own lines.</summary>
    public string ReadSource()
    {
        using var stream = typeof(Stop).Assembly.GetManifestResourceStream(File)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
