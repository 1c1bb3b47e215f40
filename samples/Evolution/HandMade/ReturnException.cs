namespace Evolution;

/// <summary>A generator's return value, from the days when generators could not return one: Tornado's <c>gen.Return</c>.</summary>
internal sealed class ReturnException(object? value) : Exception("A generator's return value left its driver.")
{
    public object? Value { get; } = value;
}
