namespace Tulip;

/// <summary>What a higher layer keeps for each loop. The loop only stores it and asks it to speak.</summary>
internal abstract class LoopExtension
{
    /// <summary>What the highest layer keeps for the loop; disposed when the loop closes.</summary>
    public IDisposable? Owned { get; set; }

    /// <summary>Who waits for what, a line each, for the report of a deadlock.</summary>
    public abstract string DescribeWaiters();

    /// <summary>The loop is about to close.</summary>
    public void Close()
    {
        Owned?.Dispose();
        OnClosing();
    }

    /// <summary>Reports what is left unfinished or unseen.</summary>
    protected abstract void OnClosing();
}
