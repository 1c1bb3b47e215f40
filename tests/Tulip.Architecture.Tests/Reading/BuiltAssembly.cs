using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Tulip.Architecture.Tests.Reading;

/// <summary>A compiled assembly with its symbols and its documentation, read from the directory of the tests.</summary>
internal sealed class BuiltAssembly : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReaderProvider _symbols;

    private BuiltAssembly(string name, string sourceFolder)
    {
        Name = name;
        SourceFolder = sourceFolder;
        _image = new PEReader(File.OpenRead(PathOf(".dll")));
        _symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(PathOf(".pdb")));
        Metadata = _image.GetMetadataReader();
        Symbols = _symbols.GetMetadataReader();
        Documentation = XDocument.Load(PathOf(".xml"));
        Sources = new SourceMap(this);
    }

    public string Name { get; }

    /// <summary>Where its sources are, from the repository's root, with slashes and one at the end.</summary>
    public string SourceFolder { get; }

    public MetadataReader Metadata { get; }

    public MetadataReader Symbols { get; }

    public XDocument Documentation { get; }

    public SourceMap Sources { get; }

    public static BuiltAssembly Tulip() => new("Tulip", "src/Tulip/");

    public static BuiltAssembly Engines() => new("Tulip.Engines", "src/Tulip.Engines/");

    public static BuiltAssembly Redis() => new("Tulip.Redis", "src/Tulip.Redis/");

    public static BuiltAssembly AspNetCore() => new("Tulip.AspNetCore", "src/Tulip.AspNetCore/");

    public static BuiltAssembly BadExample() => new("Tulip.BadExample", "tests/Tulip.Architecture.Tests/BadExample/");

    public MethodBodyBlock? BodyOf(MethodDefinitionHandle method)
    {
        var address = Metadata.GetMethodDefinition(method).RelativeVirtualAddress;
        return address == 0 ? null : _image.GetMethodBody(address);
    }

    public void Dispose()
    {
        _symbols.Dispose();
        _image.Dispose();
    }

    private string PathOf(string extension) => Path.Combine(AppContext.BaseDirectory, Name + extension);
}
