namespace Flags;

/// <summary>Shows nothing while the downloads run: output that is not a terminal gets only the reports.</summary>
internal sealed class QuietView : IDownloadView
{
    public void Show(FlagResult result)
    {
    }

    public void Close()
    {
    }
}
