namespace Flags;

/// <summary>What became of a flag.</summary>
internal enum FlagStatus
{
    Ok,
    NotFound,
    Error,
}
