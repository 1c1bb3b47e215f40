namespace Notes;

/// <summary>A note.</summary>
internal sealed record Note(long Id, string Text, DateTimeOffset Made);

/// <summary>What a client sends to make one.</summary>
internal sealed record NewNote(string? Text);
