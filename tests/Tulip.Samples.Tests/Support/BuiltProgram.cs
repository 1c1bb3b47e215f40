namespace Tulip.Samples.Tests;

/// <summary>The samples' programs as built beside the tests.</summary>
internal static class BuiltProgram
{
    public static string Path(string name) =>
        System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
}
