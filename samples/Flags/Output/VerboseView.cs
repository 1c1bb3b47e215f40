namespace Flags;

/// <summary>A line for each flag as it ends.</summary>
internal sealed class VerboseView(TextWriter output) : IDownloadView
{
    public void Show(FlagResult result) => output.WriteLine(result.Status switch
    {
        FlagStatus.Ok => $"{result.Code} OK",
        FlagStatus.NotFound => $"{result.Code} not found",
        _ => $"*** Error for {result.Code}: {result.Message}",
    });

    public void Close() => output.Flush();
}
