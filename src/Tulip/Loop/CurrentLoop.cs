namespace Tulip;

/// <summary>The loop of the calling thread: the one static variable of the library.</summary>
internal static class CurrentLoop
{
    [ThreadStatic]
    private static EventLoop? t_running;

    [ThreadStatic]
    private static EventLoop? t_set;

    /// <summary>The loop that is running on this thread.</summary>
    public static EventLoop? Running
    {
        get => t_running;
        set => t_running = value;
    }

    /// <summary>The loop that <c>SetEventLoop</c> chose for this thread.</summary>
    public static EventLoop? Set
    {
        get => t_set;
        set => t_set = value;
    }
}
