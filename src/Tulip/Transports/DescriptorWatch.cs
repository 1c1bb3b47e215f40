// DescriptorWatch: a descriptor of the operating system that the loop watches for its user.
// Thread: the loop's.  Owns: the engine's handle, never the descriptor.
//   1. A poll tells once: it is asked again after the callback has run, so that the callback runs in each pass in which
//      the descriptor is ready.
//   2. It is in the loop's table while it has a callback; the handle is closed when it has none.
using Tulip.Engines;

namespace Tulip;

internal sealed class DescriptorWatch(LoopTransports shared, Dictionary<int, DescriptorWatch> table, int descriptor, IoHandle handle)
{
    private Direction? _read;
    private Direction? _write;

    public bool Has(bool writing) => (writing ? _write : _read) is not null;

    public void Set(bool writing, Action callback)
    {
        ref var place = ref writing ? ref _write : ref _read;
        if (place is null)
        {
            place = new Direction(this, writing);
            place.Replace(callback);
            place.Poll();
        }
        else
        {
            place.Replace(callback);
        }
    }

    public bool Remove(bool writing)
    {
        ref var place = ref writing ? ref _write : ref _read;
        if (place is not { } direction)
            return false;

        place = null;
        direction.Stop();
        if (_read is null && _write is null)
        {
            table.Remove(descriptor);
            shared.Engine.Close(handle);
        }

        return true;
    }

    private sealed class Direction(DescriptorWatch watch, bool writing) : IIoEventTarget
    {
        private CallbackEntry? _callback;
        private IoToken _poll;

        public void Replace(Action callback)
            => _callback = new CallbackEntry(callback, Context.CopyForChild(Context.Current), watch.Loop.Flow.Capture());

        public void Poll()
            => _poll = watch.Engine.Submit(
                new IoRequest { Opcode = IoOpcode.Poll, ForWriting = writing, Handle = watch.Handle, State = this }, out _);

        public void Stop()
        {
            _callback = null;
            watch.Engine.Cancel(_poll);
        }

        void IIoTarget.Complete(in IoCompletion completion) => watch.Shared.Events.Post(completion);

        void IIoTarget.Flush()
        {
        }

        void IIoEventTarget.Handle(in IoCompletion completion)
        {
            if (_callback is not { } entry)
                return;

            CallbackItem.Invoke(watch.Loop, entry.Callback, entry.Context, entry.Flow ?? watch.Loop.Flow.Own);
            if (_callback is not null)
                Poll();
        }
    }

    private sealed record CallbackEntry(Action Callback, Context? Context, ExecutionContext? Flow);

    private LoopTransports Shared => shared;

    private EventLoop Loop => shared.Loop;

    private IIoEngine Engine => shared.Engine;

    private IoHandle Handle => handle;
}
