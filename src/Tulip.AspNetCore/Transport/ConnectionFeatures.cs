// ConnectionFeatures: the features of a connection: its own, and what middleware and Kestrel add.
// Thread: one at a time.  There are about ten, so that a list is faster than a table.
using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tulip.AspNetCore;

internal sealed class ConnectionFeatures(TulipConnection connection) : IFeatureCollection
{
    private static readonly Type[] s_own =
    [
        typeof(IEventLoopFeature), typeof(IConnectionIdFeature), typeof(IConnectionItemsFeature), typeof(IConnectionTransportFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature), typeof(IMemoryPoolFeature),
    ];

    private (Type Key, object? Feature)[] _added = new (Type, object?)[8];
    private int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            var place = Find(key);
            return place >= 0 ? _added[place].Feature : Array.IndexOf(s_own, key) >= 0 ? connection : null;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(key);
            Revision++;
            var place = Find(key);
            if (place >= 0)
            {
                _added[place].Feature = value;
                return;
            }

            if (_count == _added.Length)
                Array.Resize(ref _added, _count * 2);
            _added[_count++] = (key, value);
        }
    }

    public TFeature? Get<TFeature>()
        => typeof(TFeature) == typeof(IEventLoopFeature) ? (TFeature)(object)connection : (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_added[i].Feature is { } feature)
                yield return new(_added[i].Key, feature);
        }

        foreach (var key in s_own)
        {
            if (Find(key) < 0)
                yield return new(key, connection);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(Type key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_added[i].Key, key))
                return i;
        }

        return -1;
    }
}
