using System.Runtime.InteropServices;
using Tulip.Engines;

namespace Tulip;

/// <summary>What the system refused, as .NET's own calls throw it, with the file's path. Thread: any.</summary>
internal static class FileErrors
{
    /// <summary>The exception for an operation's result.</summary>
    /// <param name="result">An error number, negated.</param>
    /// <param name="path">The file.</param>
    public static Exception Of(int result, string path)
    {
        var number = -result;
        var error = new IOException($"{Marshal.GetPInvokeErrorMessage(number)} : '{path}'", number);
        return number switch
        {
            IoError.NoEntry => new FileNotFoundException($"There is no file '{path}'.", path, error),
            IoError.AccessDenied or IoError.NotPermitted or IoError.BadDescriptor
                => new UnauthorizedAccessException($"Access to the path '{path}' is denied.", error),
            _ => error,
        };
    }
}
