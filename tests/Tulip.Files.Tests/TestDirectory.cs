namespace Tulip.Tests.FileSystem;

/// <summary>A directory for one test, removed with all that is in it.</summary>
public abstract class TestDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tulip-files-");

    protected string Root => _directory.FullName;

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => Path.Combine(Root, name);

    /// <summary>A file with bytes that are different everywhere.</summary>
    protected (string Path, byte[] Bytes) Make(string name, int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(At(name), bytes);
        return (At(name), bytes);
    }
}
