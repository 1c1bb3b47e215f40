namespace Tulip.AspNetCore;

/// <summary>One of the server's loops, and memory for the connections on it.</summary>
internal sealed class ServerLoop(LoopMember member)
{
    public LoopMember Member => member;

    public EventLoop Loop => member.Loop;

    public LoopMemoryPool Memory { get; } = new(member.Loop);
}
