namespace Tulip.Redis;

/// <summary>What a reply is: the types of RESP3. What RESP2 has is a part of them.</summary>
/// <remarks><threadsafety>Immutable; any thread.</threadsafety></remarks>
public enum RedisType
{
    /// <summary>Nothing: a key that does not exist, a transaction that was not run.</summary>
    Null,

    /// <summary>Text or bytes, in either of the protocol's forms.</summary>
    String,

    /// <summary>Text with a format of three letters in front, such as <c>txt</c> or <c>mkd</c>.</summary>
    VerbatimString,

    /// <summary>A number of 64 bits.</summary>
    Integer,

    /// <summary>A floating-point number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of any size.</summary>
    BigNumber,

    /// <summary>The server's refusal of a command.</summary>
    Error,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>Values without an order.</summary>
    Set,

    /// <summary>Keys and values, in turns.</summary>
    Map,

    /// <summary>What the server tells unasked.</summary>
    Push,
}
