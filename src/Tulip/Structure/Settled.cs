namespace Tulip;

/// <summary>How one of the things given to <c>GatherSettled</c> ended.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public readonly struct Settled<T> : IEquatable<Settled<T>>
{
    private readonly T? _result;

    internal Settled(T? result, Exception? exception)
    {
        _result = result;
        Exception = exception;
    }

    /// <summary>Whether there is a result.</summary>
    public bool Succeeded => Exception is null;

    /// <summary>Whether it was cancelled.</summary>
    public bool Cancelled => Exception is CancelledException;

    /// <summary>What it failed with, a <see cref="CancelledException"/> if it was cancelled, or null.</summary>
    public Exception? Exception { get; }

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">It failed or was cancelled; <see cref="Exception"/> is the inner exception.</exception>
    public T Result => Succeeded ? _result! : throw new InvalidOperationException($"There is no result: {Exception!.Message}", Exception);

    /// <inheritdoc/>
    public bool Equals(Settled<T> other)
        => EqualityComparer<T?>.Default.Equals(_result, other._result) && ReferenceEquals(Exception, other.Exception);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Settled<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_result, Exception);

    /// <inheritdoc/>
    public override string ToString() => Succeeded ? $"{_result}" : $"{Exception!.GetType().Name}: {Exception.Message}";

    /// <summary>Whether both ended with the same.</summary>
    public static bool operator ==(Settled<T> left, Settled<T> right) => left.Equals(right);

    /// <summary>Whether they ended differently.</summary>
    public static bool operator !=(Settled<T> left, Settled<T> right) => !left.Equals(right);

    internal static Settled<T> Of(IAwaitable<T> awaitable, Future future)
    {
        if (future.Cancelled)
            return new Settled<T>(default, new CancelledException(future.CancelMessage));
        if (future.Failure is { } failure)
            return new Settled<T>(default, failure.Exception);
        return new Settled<T>(awaitable.ResultOf(future), null);
    }
}
