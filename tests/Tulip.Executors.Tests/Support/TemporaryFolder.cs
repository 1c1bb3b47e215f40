namespace Tulip.Executors.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tulip-tests-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Waits until a job has said in this file that it runs, and gives its process id.</summary>
    public int ProcessIdIn(string name)
    {
        Guard.Until(() => System.IO.File.Exists(File(name)), name);
        return int.Parse(System.IO.File.ReadAllText(File(name)));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
