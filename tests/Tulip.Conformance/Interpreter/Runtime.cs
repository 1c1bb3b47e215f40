// The state of one running program, and the running of statements. It knows no statement: the vocabulary does.
using System.Globalization;
using System.Text.Json;

namespace Tulip.Conformance.Interpreter;

internal sealed class Runtime(JsonElement program, EventLoop loop, Vocabulary vocabulary)
{
    private const int MostTraceLines = 3000;

    private readonly Dictionary<string, int> _instances = [];
    private readonly List<string> _trace = [];

    public EventLoop Loop => loop;

    public IReadOnlyList<string> Trace => _trace;

    /// <summary>The program traces without end.</summary>
    public bool LimitExceeded { get; private set; }

    // The language's name spaces, shared by all instances.
    public Dictionary<string, Future> Variables { get; } = [];

    public Dictionary<string, object> Objects { get; } = [];

    public Dictionary<string, long> Cells { get; } = [];

    public Dictionary<string, Action> HandleCancellers { get; } = [];

    public Dictionary<string, AsyncTimeout> Timeouts { get; } = [];

    public Dictionary<string, TaskGroup> Groups { get; } = [];

    public Dictionary<(string Variable, string Label), Action<Future>> Callbacks { get; } = [];

    /// <summary>The running task; null in callbacks, and while the loop does not run.</summary>
    public IAsyncTask? CurrentTask => loop.IsRunning ? Aio.CurrentTask() : null;

    public Future? Variable(string name) => Variables.GetValueOrDefault(name);

    /// <summary>The object that a statement names.</summary>
    public T Object<T>(JsonElement statement) => (T)Objects[statement.Text("obj")];

    public void MakeObjects()
    {
        foreach (var described in program.Field("objects")?.EnumerateObject() ?? default)
            vocabulary.MakeObject(this, described.Name, described.Value);
    }

    /// <summary>Adds a line to the trace.</summary>
    public void Emit(string who, string text)
    {
        var milliseconds = (long)Math.Round(loop.Time * 1000);
        _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} {who} {text}"));
        if (_trace.Count < MostTraceLines)
            return;

        LimitExceeded = true;
        loop.Stop();
    }

    /// <summary>Adds the line of a statement.</summary>
    public void Emit(string who, JsonElement statement, string text)
        => Emit(who, string.Create(CultureInfo.InvariantCulture, $"{statement.Text("op")}#{statement.Number("id")} {text}"));

    /// <summary>A call of a function that has not started.</summary>
    public Instance NewInstance(string function, string baseName)
        => new(UniqueName(baseName), program.GetProperty("funcs").GetProperty(function).Items("body"), CurrentTask);

    public Instance NewMainInstance() => new(UniqueName("main"), program.Items("main"), null);

    public async Coroutine<object?> RunInstance(Instance instance)
    {
        var task = Aio.CurrentTask()!;
        if (!ReferenceEquals(task, instance.Creator))
            task.Name = instance.Name;
        Emit(instance.Name, $"> {Show.TaskName(task)}");

        Return? signal;
        try
        {
            signal = await RunBlock(instance, instance.Body);
        }
        catch (Exception exception)
        {
            Emit(instance.Name, $"< !{Errors.Show(exception)}");
            throw;
        }

        Emit(instance.Name, $"< ={Show.Value(signal?.Value)}");
        return signal?.Value;
    }

    /// <summary>Runs statements in order, up to a return.</summary>
    public async Coroutine<Return?> RunBlock(Instance instance, JsonElement.ArrayEnumerator statements)
    {
        foreach (var statement in statements)
        {
            if (vocabulary.Blocks.TryGetValue(statement.Text("op"), out var block))
            {
                if (await block(this, instance, statement) is { } signal)
                    return signal;
            }
            else
            {
                await RunStatement(instance, statement);
            }
        }

        return null;
    }

    /// <summary>Runs the statements of a callback.</summary>
    public void RunCallback(string who, JsonElement.ArrayEnumerator statements)
    {
        foreach (var statement in statements)
        {
            object? value;
            try
            {
                value = vocabulary.PlainStatements[statement.Text("op")](this, who, statement);
            }
            catch (Exception exception)
            {
                Emit(who, statement, "!" + Errors.Show(exception));
                throw;
            }

            Emit(who, statement, "=" + Show.Value(value));
        }
    }

    /// <summary>Makes an awaitable; null if it refers to something unbound.</summary>
    public IAwaitable<object?>? MakeAwaitable(JsonElement spec) => vocabulary.MakeAwaitable(this, spec);

    /// <summary>Makes awaitables in order, leaving out what is unbound.</summary>
    public IReadOnlyList<IAwaitable<object?>> MakeAwaitables(JsonElement.ArrayEnumerator specs)
        => [.. specs.Select(MakeAwaitable).OfType<IAwaitable<object?>>()];

    /// <summary>The awaitable of the kind <c>lib</c>: a call of an object's method.</summary>
    public Coroutine<object?> CallMethod(JsonElement spec) => vocabulary.CallMethod(Objects[spec.Text("obj")], spec);

    private async Coroutine RunStatement(Instance instance, JsonElement statement)
    {
        object? value;
        try
        {
            value = vocabulary.PlainStatements.TryGetValue(statement.Text("op"), out var plain)
                ? plain(this, instance.Name, statement)
                : await vocabulary.WaitingStatements[statement.Text("op")](this, instance, statement);
        }
        catch (Exception exception)
        {
            Emit(instance.Name, statement, "!" + Errors.Show(exception));
            throw;
        }

        Emit(instance.Name, statement, "=" + Show.Value(value));
    }

    private string UniqueName(string baseName)
    {
        var number = _instances[baseName] = _instances.GetValueOrDefault(baseName) + 1;
        return number == 1 ? baseName : string.Create(CultureInfo.InvariantCulture, $"{baseName}#{number}");
    }
}
