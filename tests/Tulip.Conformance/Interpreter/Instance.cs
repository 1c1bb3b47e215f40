using System.Text.Json;

namespace Tulip.Conformance.Interpreter;

/// <summary>A call of one of the program's functions.</summary>
/// <param name="Name">Unique in the program.</param>
/// <param name="Body">A list of statements.</param>
/// <param name="Creator">The task that was current when the call was made, which need not be the one that runs it.</param>
internal sealed record Instance(string Name, JsonElement.ArrayEnumerator Body, IAsyncTask? Creator)
{
    /// <summary>What the running handlers have caught, the innermost last.</summary>
    public Stack<Exception> Handling { get; } = new();
}

/// <summary>A <c>return</c> statement was met. Not an exception: blocks are left as usual.</summary>
internal sealed record Return(object? Value);
