namespace Flags;

/// <summary>The code of each flag as it arrives, all in one line.</summary>
internal sealed class CodeByCodeView(TextWriter output) : IDownloadView
{
    public void Show(FlagResult result)
    {
        if (result.Status is not FlagStatus.Ok)
            return;
        output.Write($"{result.Code} ");
        output.Flush();
    }

    public void Close() => output.WriteLine();
}
