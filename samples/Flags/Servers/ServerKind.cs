namespace Flags;

/// <summary>The sites that flags can come from; the names are the labels of <c>--server</c>.</summary>
internal enum ServerKind
{
    /// <summary>Answers every request after half a second.</summary>
    DELAY,

    /// <summary>Fails a quarter of the requests at once and answers half of them late.</summary>
    ERROR,

    /// <summary>Answers at once.</summary>
    LOCAL,

    /// <summary>Any site given by its address; never built in.</summary>
    REMOTE,
}
