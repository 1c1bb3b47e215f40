namespace Tulip.Architecture.Tests.Reading;

/// <summary>The sources beside the built assemblies.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Tulip.slnx")))
                return directory.FullName;
        }

        throw new InvalidOperationException("The tests do not run inside the repository: Tulip.slnx was not found above them.");
    }
}
