namespace Tulip;

/// <summary>Gives back, once, what <c>Acquire</c> took: <c>using (await gate.Acquire()) { … }</c> (asyncio's <c>async with</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public sealed class Releaser : IDisposable
{
    private IReleasable? _owner;

    internal Releaser(IReleasable owner) => _owner = owner;

    /// <summary>Releases; does nothing the second time.</summary>
    public void Dispose()
    {
        var owner = _owner;
        _owner = null;
        owner?.Release();
    }
}

/// <summary>What a <see cref="Releaser"/> releases.</summary>
internal interface IReleasable
{
    void Release();
}
