using Tulip.Engines;

namespace Tulip.BadExample.High
{
    /// <summary>The upper layer.</summary>
    /// <remarks><threadsafety>Any thread.</threadsafety></remarks>
    public class Upper
    {
        public static Upper Make() => new();

        public IIoEngine? NamesEngine() => null;
    }

    /// <summary>A base class above the class derived from it.</summary>
    /// <inheritdoc cref="Upper" path="/remarks"/>
    public class Base;

    /// <summary>It says nothing about threads.</summary>
    public class Silent;

    /// <summary>It leaves it to one that says nothing.</summary>
    /// <inheritdoc cref="Silent" path="/remarks"/>
    public class SilentByInheritance;
}

namespace Tulip.BadExample.Low
{
    /// <summary>A type in two layers.</summary>
    /// <remarks><threadsafety>Any thread.</threadsafety></remarks>
    public partial class Torn
    {
        public void InHigh()
        {
        }
    }

    public static partial class Spread
    {
        public static void InHigh()
        {
        }
    }
}
