namespace Flags;

/// <summary>Shows downloads as they end. Called by one thread.</summary>
internal interface IDownloadView
{
    /// <summary>One more flag is done.</summary>
    void Show(FlagResult result);

    /// <summary>Nothing more will come, because all is done or the run was interrupted.</summary>
    void Close();
}
