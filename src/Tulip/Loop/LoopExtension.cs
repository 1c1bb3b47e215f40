namespace Tulip;

/// <summary>What a higher layer keeps for each loop. The loop only stores it and asks it to speak.</summary>
internal abstract class LoopExtension
{
    /// <summary>Who waits for what, a line each, for the report of a deadlock.</summary>
    public abstract string DescribeWaiters();

    /// <summary>The loop is about to close: report what is left unfinished or unseen.</summary>
    public abstract void OnClosing();
}
