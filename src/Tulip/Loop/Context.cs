using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tulip;

/// <summary>The values of the <see cref="ContextVar{T}"/>s that a task or callback sees (Python's <c>contextvars.Context</c>).</summary>
/// <remarks>
/// Each task runs in a copy of its creator's context; a callback runs in a copy of the context in which it was
/// registered. Copying costs one small object, and nothing at all while no variable has been set.
/// <threadsafety>One thread at a time; a copy may be handed to another thread.</threadsafety>
/// </remarks>
public sealed class Context
{
    [ThreadStatic]
    private static Context? t_ofThread;

    private ImmutableDictionary<object, object?> _values = ImmutableDictionary<object, object?>.Empty;

    /// <summary>An empty context.</summary>
    public Context()
    {
    }

    /// <summary>How many variables have a value here.</summary>
    public int Count => _values.Count;

    /// <summary>A copy of the calling code's context (<c>contextvars.copy_context</c>).</summary>
    /// <returns>A new context; setting variables in it does not change the original.</returns>
    public static Context CopyCurrent() => Current?.Copy() ?? new Context();

    /// <summary>A copy of this context (<c>Context.copy</c>).</summary>
    public Context Copy() => new() { _values = _values };

    /// <summary>Runs an action in this context: what it sets stays here (<c>Context.run</c>).</summary>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        HoldCurrent();
        var outer = Current;
        Current = this;
        try
        {
            action();
        }
        finally
        {
            Current = outer;
        }
    }

    /// <summary>Runs a function in this context: what it sets stays here (<c>Context.run</c>).</summary>
    public T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>Reads a variable in this context, without its default.</summary>
    /// <returns>False if the variable has no value here.</returns>
    public bool TryGet<T>(ContextVar<T> variable, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (_values.TryGetValue(variable, out var boxed))
        {
            value = (T)boxed!;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The calling code's context; null stands for an empty one that nobody has needed yet.</summary>
    internal static Context? Current
    {
        get => EventLoop.RunningOrNull is { } loop ? loop.CurrentContext : t_ofThread;
        set
        {
            if (EventLoop.RunningOrNull is { } loop)
                loop.CurrentContext = value;
            else
                t_ofThread = value;
        }
    }

    /// <summary>What a new task or callback starts with: a copy, or null while there is nothing to copy.</summary>
    internal static Context? CopyForChild(Context? parent) => parent is null || parent._values.IsEmpty ? null : parent.Copy();

    internal static Context ForWriting() => Current ??= new Context();

    // A task whose own context is not the current one for a while must know it: it may be asked.
    private static void HoldCurrent()
    {
        if (EventLoop.RunningOrNull is { CurrentTask: { HeldContext: null } task } loop)
            task.HeldContext = loop.CurrentContext ??= new Context();
    }

    internal void Set(object variable, object? value) => _values = _values.SetItem(variable, value);

    internal void Unset(object variable) => _values = _values.Remove(variable);
}
