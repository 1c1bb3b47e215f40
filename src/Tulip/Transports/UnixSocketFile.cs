// UnixSocketFile: the file of a listening Unix socket.
using System.Net.Sockets;
using Tulip.Engines;

namespace Tulip;

internal static class UnixSocketFile
{
    /// <summary>A socket bound to a path, in the place of a socket that was left there.</summary>
    public static IoHandle Bind(IIoEngine engine, string path, SocketType type = SocketType.Stream)
    {
        // A path that begins with a null character is in no file system.
        if (path[0] != '\0' && FileIdentity.Of(path) is { IsSocket: true })
            File.Delete(path);

        var address = new UnixDomainSocketEndPoint(path);
        var handle = engine.Sockets.Open(AddressFamily.Unix, type, ProtocolType.Unspecified);
        try
        {
            engine.Sockets.Bind(handle, address);
            return handle;
        }
        catch (SocketException exception)
        {
            engine.Close(handle);
            throw new SocketException((int)exception.SocketErrorCode, exception.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"Address {path} is already in use."
                : $"Error while attempting to bind on address {path}: {Reason(path, exception)}");
        }
    }

    /// <summary>Removes the file that is at the path now, and no other one that has taken its place by then.</summary>
    public static Action? Remover(string path)
    {
        if (path[0] == '\0' || FileIdentity.Of(path) is not { } own)
            return null;

        return () =>
        {
            if (FileIdentity.Of(path) == own)
                File.Delete(path);
        };
    }

    // The error's own text speaks of an address that cannot be assigned.
    private static string Reason(string path, SocketException exception)
        => path[0] != '\0' && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder)
            ? $"there is no folder {folder}."
            : exception.Message;
}
