namespace Tulip.BadExample.Low;

/// <summary>Two methods of six lines.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public static class Lengthy
{
    public static int Long(int a)
        => a
            + 1
            + 2
            + 3
            + 4
            + 5;

    public static int LongToo(int a)
        => a
            - 1
            - 2
            - 3
            - 4
            - 5;
}
