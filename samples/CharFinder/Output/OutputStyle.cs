namespace CharFinder;

/// <summary>Whose output the command line gives.</summary>
internal enum OutputStyle
{
    /// <summary>Code points padded to seven letters, the status in brackets last.</summary>
    CharFinder,

    /// <summary>Code points as they are, a rule and the number found last.</summary>
    MojiFinder,
}
