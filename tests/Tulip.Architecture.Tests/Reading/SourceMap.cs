// SourceMap: in which source file a method or type is written, as the symbols tell.
//   1. A method: the document of its sequence points, or of its state machine's. One without any belongs to its type.
//   2. A type: the documents of its methods or, without such, the one recorded for the type; failing that, those of
//      the type around it.
//   3. What the build generated has no place.
using System.Reflection.Metadata;

namespace Tulip.Architecture.Tests.Reading;

internal sealed class SourceMap
{
    private static readonly Guid s_typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly BuiltAssembly _assembly;
    private readonly Dictionary<MethodDefinitionHandle, string> _methods = [];
    private readonly Dictionary<TypeDefinitionHandle, SortedSet<string>> _types = [];

    public SourceMap(BuiltAssembly assembly)
    {
        _assembly = assembly;
        foreach (var type in assembly.Metadata.TypeDefinitions)
            _types[type] = [];
        foreach (var method in assembly.Metadata.MethodDefinitions)
            Place(method);
        foreach (var type in assembly.Metadata.TypeDefinitions)
            PlaceByRecord(type);
    }

    /// <summary>The file, relative to the assembly's sources; null if it cannot be told.</summary>
    public string? FileOf(MethodDefinitionHandle method)
        => _methods.TryGetValue(method, out var file)
            ? file
            : FilesOf(_assembly.Metadata.GetMethodDefinition(method).GetDeclaringType()) is { Count: 1 } files ? files.First() : null;

    public IReadOnlyCollection<string> FilesOf(TypeDefinitionHandle type)
    {
        while (_types[type].Count == 0)
        {
            var around = _assembly.Metadata.GetTypeDefinition(type).GetDeclaringType();
            if (around.IsNil)
                break;
            type = around;
        }

        return _types[type];
    }

    /// <summary>The folders directly under the assembly's sources in which a type is written.</summary>
    public IReadOnlyList<string> FoldersOf(TypeDefinitionHandle type) => [.. FilesOf(type).Select(FolderOf).Distinct()];

    public string? FolderOf(MethodDefinitionHandle method) => FileOf(method) is { } file ? FolderOf(file) : null;

    /// <summary>How many lines a method's own code takes. A constructor's are counted one by one, for the fields that it
    /// initializes are written far from its body.</summary>
    public int LinesOf(MethodDefinitionHandle method)
    {
        var points = PointsOf(method);
        if (points.Count == 0)
            return 0;

        var isConstructor = _assembly.Metadata.GetString(_assembly.Metadata.GetMethodDefinition(method).Name) is ".ctor" or ".cctor";
        return isConstructor
            ? points.SelectMany(point => Enumerable.Range(point.StartLine, point.EndLine - point.StartLine + 1)).Distinct().Count()
            : points.Max(point => point.EndLine) - points.Min(point => point.StartLine) + 1;
    }

    private static string FolderOf(string file) => file.Contains('/') ? file[..file.IndexOf('/')] : "";

    private void Place(MethodDefinitionHandle method)
    {
        var points = PointsOf(method);
        if (points.Count == 0 || Relative(points[0].Document) is not { } file)
            return;

        Place(method, file);

        // An async method has no code of its own lines: its state machine has.
        var calledAs = _assembly.Symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetStateMachineKickoffMethod();
        if (!calledAs.IsNil)
            Place(calledAs, file);
    }

    private void Place(MethodDefinitionHandle method, string file)
    {
        _methods[method] = file;
        _types[_assembly.Metadata.GetMethodDefinition(method).GetDeclaringType()].Add(file);
    }

    private void PlaceByRecord(TypeDefinitionHandle type)
    {
        foreach (var handle in _assembly.Symbols.GetCustomDebugInformation(type))
        {
            var information = _assembly.Symbols.GetCustomDebugInformation(handle);
            if (_assembly.Symbols.GetGuid(information.Kind) != s_typeDocuments)
                continue;

            var blob = _assembly.Symbols.GetBlobReader(information.Value);
            while (blob.RemainingBytes > 0)
            {
                var document = System.Reflection.Metadata.Ecma335.MetadataTokens.DocumentHandle(blob.ReadCompressedInteger());
                if (Relative(document) is { } file)
                    _types[type].Add(file);
            }
        }
    }

    private List<SequencePoint> PointsOf(MethodDefinitionHandle method)
        => [.. _assembly.Symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints().Where(point => !point.IsHidden)];

    private string? Relative(DocumentHandle document)
    {
        var path = _assembly.Symbols.GetString(_assembly.Symbols.GetDocument(document).Name).Replace('\\', '/');
        var start = path.LastIndexOf("/" + _assembly.SourceFolder, StringComparison.Ordinal);
        if (start < 0)
            return null;

        var relative = path[(start + 1 + _assembly.SourceFolder.Length)..];
        return relative.StartsWith("obj/", StringComparison.Ordinal) ? null : relative;
    }
}
