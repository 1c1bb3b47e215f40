// TaskContent: a response's content that is cancelled with the task that asked for it, also while it is being read.
// Thread: that of who reads.
//   1. Who reads in a task is cancelled with that task, by the token of its present cancel. HttpClient's own code, which reads
//      in nobody's name, is cancelled with the task that sent the request.
using System.Net;

namespace Tulip;

internal sealed class TaskContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly CancellationToken _sendersToken;

    private TaskContent(HttpContent content, CancellationToken sendersToken)
    {
        _content = content;
        _sendersToken = sendersToken;
        foreach (var (name, values) in content.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Has the response's content cancelled with the task.</summary>
    public static void Bind(HttpResponseMessage response, CancellationToken sendersToken)
    {
        // A connection that changed its protocol is its user's for good, and nobody's answer.
        var isConnection = response.StatusCode == HttpStatusCode.SwitchingProtocols || response.RequestMessage?.Method == HttpMethod.Connect;
        if (!isConnection && response.Content.Headers.ContentLength != 0)
            response.Content = new TaskContent(response.Content, sendersToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        => TaskCancel.Run((_content, stream, context), Choose(), cancellationToken, static async (copy, token) =>
        {
            await copy._content.CopyToAsync(copy.stream, copy.context, token).ConfigureAwait(false);
            return true;
        });

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        => _content.CopyTo(stream, context, cancellationToken);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
        => new TaskContentStream(this, _content.ReadAsStream(cancellationToken));

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
        => new TaskContentStream(this, await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private CancellationToken Choose()
    {
        var running = TaskCancel.RunningTasksToken;
        return running.CanBeCanceled ? running : _sendersToken;
    }

    /// <summary>The content as a stream.</summary>
    private sealed class TaskContentStream(TaskContent owner, Stream inner) : SequentialStream
    {
        public override bool CanRead => inner.CanRead;

        public override bool CanWrite => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => cancellationToken.CanBeCanceled ? ReadWithBoth(buffer, cancellationToken) : inner.ReadAsync(buffer, owner.Choose());

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
            => TaskCancel.Run((inner, destination, bufferSize), owner.Choose(), cancellationToken, static async (copy, token) =>
            {
                await copy.inner.CopyToAsync(copy.destination, copy.bufferSize, token).ConfigureAwait(false);
                return true;
            });

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private ValueTask<int> ReadWithBoth(Memory<byte> buffer, CancellationToken cancellationToken)
            => new(TaskCancel.Run((inner, buffer), owner.Choose(), cancellationToken, static (read, token) => read.inner.ReadAsync(read.buffer, token).AsTask()));
    }
}
