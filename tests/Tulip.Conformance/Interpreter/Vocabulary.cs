// What the interpreter understands, as tables from the language's words to functions. Each file in Statements/ adds the
// words of one area; a new area is a new file and one line in Default.
using System.Text.Json;
using Tulip.Conformance.Statements;

namespace Tulip.Conformance.Interpreter;

/// <summary>A statement that never suspends; callbacks may use it. <paramref name="who"/> is the instance or callback.</summary>
internal delegate object? PlainStatement(Runtime run, string who, JsonElement statement);

/// <summary>A statement that may suspend.</summary>
internal delegate Coroutine<object?> WaitingStatement(Runtime run, Instance instance, JsonElement statement);

/// <summary>A statement with statements inside, which traces for itself.</summary>
internal delegate Coroutine<Return?> BlockStatement(Runtime run, Instance instance, JsonElement statement);

/// <summary>Makes an awaitable; null if it refers to something unbound.</summary>
internal delegate IAwaitable<object?>? AwaitableSpec(Runtime run, JsonElement spec);

internal sealed class Vocabulary
{
    public static readonly Vocabulary Default = new(
        ControlStatements.Register,
        CellStatements.Register,
        ContextStatements.Register,
        TaskStatements.Register,
        FutureStatements.Register,
        CallbackStatements.Register,
        AwaitStatements.Register,
        CombinatorStatements.Register,
        AsCompletedStatements.Register,
        TimeoutStatements.Register,
        TaskGroupStatements.Register,
        LockStatements.Register,
        EventStatements.Register,
        ConditionStatements.Register,
        SemaphoreStatements.Register,
        BarrierStatements.Register,
        QueueStatements.Register,
        StreamStatements.Register);

    private readonly Dictionary<string, Action<Runtime, string, JsonElement>> _kinds = [];
    private readonly Dictionary<string, PlainStatement> _plain = [];
    private readonly Dictionary<string, WaitingStatement> _waiting = [];
    private readonly Dictionary<string, BlockStatement> _blocks = [];
    private readonly Dictionary<string, AwaitableSpec> _specs = [];
    private readonly Dictionary<string, Func<object, JsonElement, Coroutine<object?>>> _methods = [];

    private Vocabulary(params Action<Vocabulary>[] areas)
    {
        foreach (var register in areas)
            register(this);
    }

    public IReadOnlyDictionary<string, PlainStatement> PlainStatements => _plain;

    public IReadOnlyDictionary<string, WaitingStatement> WaitingStatements => _waiting;

    public IReadOnlyDictionary<string, BlockStatement> Blocks => _blocks;

    /// <summary>A kind of object, made by a function that need not know its name.</summary>
    public void Kind(string kind, Func<Runtime, JsonElement, object> make)
        => _kinds.Add(kind, (run, name, spec) => run.Objects[name] = make(run, spec));

    /// <summary>A kind of object that is kept elsewhere than the others.</summary>
    public void Kind(string kind, Action<Runtime, string, JsonElement> make) => _kinds.Add(kind, make);

    public void Plain(string op, PlainStatement statement) => _plain.Add(op, statement);

    /// <summary>A statement that calls a method of an object.</summary>
    public void Plain<T>(string op, Func<T, JsonElement, object?> call)
        => _plain.Add(op, (run, _, statement) => call(run.Object<T>(statement), statement));

    /// <summary>A statement that calls a method of an object and gives nothing.</summary>
    public void Plain<T>(string op, Action<T, JsonElement> call) => Plain<T>(op, (target, statement) =>
    {
        call(target, statement);
        return null;
    });

    public void Waiting(string op, WaitingStatement statement) => _waiting.Add(op, statement);

    /// <summary>A coroutine method of an object: a statement, and an awaitable of the kind <c>lib</c>.</summary>
    public void Method<T>(string op, Func<T, JsonElement, Coroutine<object?>> call)
    {
        _waiting.Add(op, (run, _, statement) => call(run.Object<T>(statement), statement));
        _methods.Add(op, (target, spec) => call((T)target, spec));
    }

    public void Block(string op, BlockStatement statement) => _blocks.Add(op, statement);

    public void Awaitable(string key, AwaitableSpec make) => _specs.Add(key, make);

    public void MakeObject(Runtime run, string name, JsonElement spec) => _kinds[spec.Text("kind")](run, name, spec);

    public Coroutine<object?> CallMethod(object target, JsonElement spec) => _methods[spec.Text("lib")](target, spec);

    public IAwaitable<object?>? MakeAwaitable(Runtime run, JsonElement spec)
    {
        foreach (var (key, make) in _specs)
        {
            if (spec.TryGetProperty(key, out _))
                return make(run, spec);
        }

        throw new UnsupportedException($"awaitable {spec}");
    }

    /// <summary>The first word of a program that is not understood, or null.</summary>
    public string? FindUnknown(JsonElement program)
    {
        foreach (var described in program.Field("objects")?.EnumerateObject() ?? default)
        {
            if (!_kinds.ContainsKey(described.Value.Text("kind")))
                return described.Value.Text("kind");
        }

        return FindUnknownWord(program);
    }

    private string? FindUnknownWord(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Select(FindUnknownWord).FirstOrDefault(word => word is not null);
        if (element.ValueKind != JsonValueKind.Object)
            return null;

        if (element.TextOrNull("op") is { } op && !_plain.ContainsKey(op) && !_waiting.ContainsKey(op) && !_blocks.ContainsKey(op))
            return op;
        if (element.TextOrNull("lib") is { } method && !_methods.ContainsKey(method))
            return method;
        return element.EnumerateObject().Select(field => FindUnknownWord(field.Value)).FirstOrDefault(word => word is not null);
    }
}
