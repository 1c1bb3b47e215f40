namespace Tulip;

/// <summary>Shields a wait, until it is disposed of, from the cancelling of scopes, which must not interrupt again and
/// again what is the end of a cancel already. A task's own <c>Cancel</c> comes through.</summary>
internal readonly struct CancelShield : IDisposable
{
    private readonly CancelScope? _scope;

    private CancelShield(CancelScope? scope) => _scope = scope;

    /// <summary>A task that is in no scope at all needs no shield.</summary>
    public static CancelShield Enter()
        => new(Aio.CurrentTask()?.Extras.Scope is null ? null : CancelScope.Enter(shield: true));

    public void Dispose() => _scope?.Leave(null);
}
