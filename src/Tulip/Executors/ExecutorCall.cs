namespace Tulip;

/// <summary>A function and the arguments to call it with: what an executor needs that runs it in another process.</summary>
/// <remarks>Made by <see cref="ExecutorCall"/>. An executor of threads has no need to look inside: it calls <see cref="Invoke"/>.
/// <threadsafety>Any thread.</threadsafety></remarks>
/// <typeparam name="TResult">What the function returns; <see cref="Unit"/> for one that returns nothing.</typeparam>
public sealed class ExecutorCall<TResult>
{
    private readonly Func<TResult> _invoke;

    internal ExecutorCall(Delegate function, object?[] arguments, Func<TResult> invoke)
    {
        Function = function;
        Arguments = arguments;
        _invoke = invoke;
    }

    /// <summary>The function as it was given.</summary>
    public Delegate Function { get; }

    /// <summary>Its arguments, in order.</summary>
    public IReadOnlyList<object?> Arguments { get; }

    /// <summary>Calls the function here and now.</summary>
    public TResult Invoke() => _invoke();
}

/// <summary>Makes <see cref="ExecutorCall{TResult}"/>s.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class ExecutorCall
{
    /// <summary>The function with its arguments, not called yet.</summary>
    public static ExecutorCall<TResult> Of<TResult>(Func<TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function, [], function);
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<TResult> Of<T1, TResult>(Func<T1, TResult> function, T1 first)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function, [first], () => function(first));
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<TResult> Of<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 first, T2 second)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function, [first, second], () => function(first, second));
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<TResult> Of<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function, [first, second, third], () => function(first, second, third));
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<TResult> Of<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, T1 first, T2 second, T3 third, T4 fourth)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new(function, [first, second, third, fourth], () => function(first, second, third, fourth));
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<Unit> Of(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Returning(action, [], action);
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<Unit> Of<T1>(Action<T1> action, T1 first)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Returning(action, [first], () => action(first));
    }

    /// <inheritdoc cref="Of{TResult}(Func{TResult})"/>
    public static ExecutorCall<Unit> Of<T1, T2>(Action<T1, T2> action, T1 first, T2 second)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Returning(action, [first, second], () => action(first, second));
    }

    private static ExecutorCall<Unit> Returning(Delegate function, object?[] arguments, Action invoke)
        => new(function, arguments, () =>
        {
            invoke();
            return default;
        });
}
