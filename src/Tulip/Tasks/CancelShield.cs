namespace Tulip;

/// <summary>Waits that the cancelling of scopes must not interrupt again and again: the end of what was cancelled already.
/// A task's own <c>Cancel</c> comes through.</summary>
internal static class CancelShield
{
    /// <summary>Awaits a future, shielded if the task is in a scope at all.</summary>
    public static async Coroutine<T> Run<T>(Future<T> future)
    {
        var scope = Aio.CurrentTask()?.Extras.Scope is null ? null : CancelScope.Enter(shield: true);
        try
        {
            return await future;
        }
        finally
        {
            scope?.Leave(null);
        }
    }

    /// <summary>Awaits a coroutine, shielded if the task is in a scope at all.</summary>
    public static async Coroutine<T> Run<T>(Func<Coroutine<T>> start)
    {
        var scope = Aio.CurrentTask()?.Extras.Scope is null ? null : CancelScope.Enter(shield: true);
        try
        {
            return await start();
        }
        finally
        {
            scope?.Leave(null);
        }
    }
}
