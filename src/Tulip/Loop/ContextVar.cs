namespace Tulip;

/// <summary>A variable that each task has its own value of (Python's <c>contextvars.ContextVar</c>).</summary>
/// <remarks>
/// <para>A task starts with its creator's values and its changes stay its own; a change made in a coroutine that is
/// awaited is seen by the one that awaits it. .NET's <see cref="AsyncLocal{T}"/> works in Tulip too and keeps its own
/// rule: the change is undone when the coroutine returns.</para>
/// <para>Keep variables in static fields: a context holds them, so that they are never collected before it.</para>
/// <threadsafety>Any thread; the value read is the one of the calling thread's task or callback.</threadsafety>
/// </remarks>
/// <typeparam name="T">The value's type.</typeparam>
public sealed class ContextVar<T>
{
    private readonly T _default = default!;
    private readonly bool _hasDefault;

    /// <summary>A variable without a default: reading it before it is set throws.</summary>
    /// <param name="name">A name for messages.</param>
    public ContextVar(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
    }

    /// <summary>A variable that has a value wherever none is set.</summary>
    /// <param name="name">A name for messages.</param>
    /// <param name="defaultValue">The value where none is set.</param>
    public ContextVar(string name, T defaultValue)
        : this(name)
    {
        _default = defaultValue;
        _hasDefault = true;
    }

    /// <summary>The name given at construction.</summary>
    public string Name { get; }

    /// <summary>Gets the value in the current context or the default; sets the value in the current context.</summary>
    /// <exception cref="KeyNotFoundException">Read while there is neither a value nor a default (Python's LookupError).</exception>
    public T Value
    {
        get => TryGet(out var value) ? value : throw new KeyNotFoundException($"The context variable '{Name}' has no value here and no default.");
        set => Set(value);
    }

    /// <summary>The value in the current context, else the variable's default, else <paramref name="fallback"/> (<c>get(default)</c>).</summary>
    public T Get(T fallback) => TryGet(out var value) ? value : fallback;

    /// <summary>Sets the value in the current context (<c>set</c>).</summary>
    /// <returns>A token for <see cref="Reset"/>.</returns>
    public ContextToken<T> Set(T value)
    {
        var context = Context.ForWriting();
        var token = context.TryGet(this, out var old)
            ? new ContextToken<T>(this, context, true, old)
            : new ContextToken<T>(this, context, false, default!);
        context.Set(this, value);
        return token;
    }

    /// <summary>Puts back what was there before the <see cref="Set"/> that gave the token (<c>reset</c>).</summary>
    /// <exception cref="ArgumentException">The token is another variable's.</exception>
    /// <exception cref="InvalidOperationException">The token was used before, or comes from another context.</exception>
    public void Reset(ContextToken<T> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        token.Undo(this);
    }

    /// <inheritdoc/>
    public override string ToString() => $"<ContextVar name='{Name}'>";

    private bool TryGet(out T value)
    {
        if (Context.Current is { } context && context.TryGet(this, out var found))
        {
            value = found;
            return true;
        }

        value = _default;
        return _hasDefault;
    }
}

/// <summary>What <see cref="ContextVar{T}.Set"/> returns: the way back (Python's <c>contextvars.Token</c>).</summary>
/// <typeparam name="T">The variable's type.</typeparam>
/// <remarks><threadsafety>One thread at a time.</threadsafety></remarks>
public sealed class ContextToken<T>
{
    private readonly ContextVar<T> _variable;
    private readonly Context _context;
    private readonly bool _hadValue;
    private readonly T _old;
    private bool _used;

    internal ContextToken(ContextVar<T> variable, Context context, bool hadValue, T old)
    {
        _variable = variable;
        _context = context;
        _hadValue = hadValue;
        _old = old;
    }

    internal void Undo(ContextVar<T> variable)
    {
        if (!ReferenceEquals(variable, _variable))
            throw new ArgumentException($"The token was made by {_variable}, not by {variable}.", nameof(variable));
        if (_used)
            throw new InvalidOperationException("The token has been used already.");
        if (!ReferenceEquals(Context.Current, _context))
            throw new InvalidOperationException("The token was made in another context.");

        _used = true;
        if (_hadValue)
            _context.Set(variable, _old);
        else
            _context.Unset(variable);
    }
}
