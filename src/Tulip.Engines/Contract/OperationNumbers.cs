namespace Tulip.Engines;

/// <summary>Numbers for operations: never 0, and the same one again only after two thousand million others. Thread: the engine's.</summary>
internal struct OperationNumbers
{
    private int _last;

    public int Next() => _last = _last == int.MaxValue ? 1 : _last + 1;
}
