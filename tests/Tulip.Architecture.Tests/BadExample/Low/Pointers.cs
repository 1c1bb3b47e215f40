using System.Runtime.CompilerServices;

namespace Tulip.BadExample.Low;

/// <summary>Unsafe code in each form.</summary>
/// <remarks><threadsafety>Any thread.</threadsafety></remarks>
public unsafe struct Pointers
{
    private fixed byte _buffer[8];
    private readonly delegate*<int, void> _function;

    public static void TakesPointer(int* pointer)
    {
    }

    public static void HasPointerInside(int[] array)
    {
        fixed (int* first = array)
            *first = 1;
    }

    public static string Casts(object thing) => Unsafe.As<string>(thing);
}
