// The two waits of a queue, as frames: asyncio's Queue.get and Queue.put, hop for hop.
namespace Tulip;

internal sealed class GetFrame<T>(AsyncQueue<T> queue, ParkingLot getters) : ParkingFrame<T>(getters)
{
    public override FrameInfo Info => QueueFrameInfos.Get;

    public override string WaitsIn => $"an item of {queue}";

    public Coroutine<T> Call()
    {
        NoteCreated();
        return new Coroutine<T>(this, Version);
    }

    public override void Recycle()
    {
        Clear();
        Result = default;
        queue.Recycle(this);
    }

    protected override bool TryFinish(out T result) => queue.TryGet(out result);

    protected override EventLoop Bind() => queue.Bind();

    protected override void PassOn()
    {
        if (!queue.Empty)
            queue.WakeGetter();
    }
}

internal sealed class PutFrame<T>(AsyncQueue<T> queue, ParkingLot putters) : ParkingFrame<Unit>(putters)
{
    private T _item = default!;

    public override FrameInfo Info => QueueFrameInfos.Put;

    public override string WaitsIn => $"room in {queue}";

    public Coroutine Call(T item)
    {
        _item = item;
        NoteCreated();
        return new Coroutine(this, Version);
    }

    public override void Recycle()
    {
        Clear();
        _item = default!;
        queue.Recycle(this);
    }

    protected override bool TryFinish(out Unit result)
    {
        result = default;
        return queue.TryPut(_item);
    }

    protected override EventLoop Bind() => queue.Bind();

    protected override void PassOn()
    {
        if (!queue.Full)
            queue.WakePutter();
    }
}

internal static class QueueFrameInfos
{
    public static FrameInfo Get { get; } = new("Get");

    public static FrameInfo Put { get; } = new("Put");
}
