using Tulip.Engines.Uring;

namespace Tulip.Engines.Tests.Uring;

internal static class UringHere
{
    /// <summary>An engine; the test is skipped where io_uring does not work.</summary>
    public static UringEngine Create(UringOptions? options = null)
    {
        try
        {
            return new UringEngine(options ?? UringOptions.Default);
        }
        catch (PlatformNotSupportedException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
