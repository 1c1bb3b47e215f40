namespace Tulip;

/// <summary>What kind of method a call in a call graph is of.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public enum CallKind
{
    /// <summary>A plain method.</summary>
    Function,

    /// <summary>A coroutine, or an <c>async</c> method of .NET's.</summary>
    Async,

    /// <summary>An <c>async</c> iterator.</summary>
    AsyncGenerator,

    /// <summary>An iterator.</summary>
    Generator,
}

/// <summary>One call in a call graph (asyncio's <c>FrameCallGraphEntry</c>, with what its frame is asked for).</summary>
/// <param name="Method">The method's name with its type's, such as <c>Spinner.Spin</c>; a lambda is named after the method around it.</param>
/// <param name="File">The source file, with its path as the compiler saw it; null where there are no symbols.</param>
/// <param name="Line">The line at which it waits or runs, from 1; 0 where there are no symbols.</param>
/// <param name="Kind">What kind of method it is.</param>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public sealed record FrameCallGraphEntry(string Method, string? File, int Line, CallKind Kind)
{
    /// <summary>The call in the form of a line of asyncio's call graphs.</summary>
    public override string ToString() => File is null ? $"in {Tag}{Method}()" : $"File '{File}', line {Line}, in {Tag}{Method}()";

    private string Tag => Kind switch
    {
        CallKind.Async => "async ",
        CallKind.AsyncGenerator => "async generator ",
        CallKind.Generator => "generator ",
        _ => "",
    };
}
