using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace CharFinder;

/// <summary><c>--version</c>: the program's and that of its data.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var version = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
        parseResult.InvocationConfiguration.Output.WriteLine($"charfinder {version}, Unicode {UnicodeNames.Shared.Version}");
        return ExitCode.Done;
    }
}
