using Tulip.Engines.Linux.Interop;

namespace Tulip.Engines.Files;

/// <summary>Where requests are written to. Thread: the engine's.</summary>
internal unsafe interface IUringEntries
{
    /// <summary>Room for one more request.</summary>
    SubmissionEntry* Reserve(byte opcode, int descriptor, ulong userData);

    /// <summary>Asks for a request's end.</summary>
    void Cancel(ulong userData);

    /// <summary>Whether the kernel knows an operation.</summary>
    bool Knows(byte opcode);
}
