using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Tulip.AspNetCore.Tests.Support;

/// <summary>What Kestrel's own meter says of a server's connections.</summary>
public sealed class ActiveConnections : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;
    private long _queued;
    private long _durations;

    public ActiveConnections(TestServer server)
    {
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Microsoft.AspNetCore.Server.Kestrel" && ReferenceEquals(instrument.Meter.Scope, factory))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name == "kestrel.active_connections")
                Interlocked.Add(ref _count, value);
            else if (instrument.Name == "kestrel.queued_connections")
                Interlocked.Add(ref _queued, value);
        });
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) =>
        {
            if (instrument.Name == "kestrel.connection.duration")
                Interlocked.Increment(ref _durations);
        });
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public long Queued => Interlocked.Read(ref _queued);

    /// <summary>How many connections have ended.</summary>
    public long Ended => Interlocked.Read(ref _durations);

    public Task AllGone() => TestTime.Until(() => Count == 0, "all connections were gone");

    /// <summary>Waits until so many in all have ended: the meter says so a moment after they are gone.</summary>
    public Task AllEnded(int count) => TestTime.Until(() => Ended == count, $"{count} connections had ended");

    public void Dispose() => _listener.Dispose();
}
