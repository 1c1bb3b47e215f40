using Microsoft.Win32.SafeHandles;

namespace Tulip.Transports.Tests.Support;

/// <summary>A file to be sent, which is gone when it is closed.</summary>
internal sealed class RandomFile : IDisposable
{
    public RandomFile(int size)
    {
        Content = new byte[size];
        new Random(1).NextBytes(Content);
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, Content);
        Handle = File.OpenHandle(path, options: FileOptions.DeleteOnClose);
    }

    public byte[] Content { get; }

    public SafeFileHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}
