namespace Tulip;

/// <summary>Securing connections (asyncio's <c>loop.start_tls</c>).</summary>
/// <remarks><threadsafety>Loop thread only.</threadsafety></remarks>
public static class EventLoopTls
{
    extension(EventLoop loop)
    {
        /// <summary>Secures a connection that is in use (<c>start_tls</c>): from now on its protocol is told what is decrypted.</summary>
        /// <remarks>Cold. Nothing may be written to the old transport any more. If the handshake fails, times out or is
        /// cancelled, the connection is aborted, and its protocol is told so.</remarks>
        /// <param name="transport">A plain transport, on which both sides have agreed to begin with TLS.</param>
        /// <param name="protocol">What is told; a <see cref="Protocol"/> or <see cref="BufferedProtocol"/>, nearly always the one it has.</param>
        /// <param name="settings">For which side, and how.</param>
        /// <returns>The transport to use from now on.</returns>
        /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate was not accepted, or it speaks no TLS.</exception>
        /// <exception cref="TimeoutException">The handshake took too long.</exception>
        public Coroutine<Transport> StartTls(Transport transport, BaseProtocol protocol, TlsSettings settings)
            => loop.StartTls(transport, protocol, settings, default, hasEnded: false);

        /// <summary>The same for a protocol that has kept bytes which belong to the handshake, perhaps with the end behind them.</summary>
        internal Coroutine<Transport> StartTls(
            Transport transport, BaseProtocol protocol, TlsSettings settings, ReadOnlyMemory<byte> early, bool hasEnded)
        {
            ArgumentNullException.ThrowIfNull(transport);
            ArgumentNullException.ThrowIfNull(protocol);
            ArgumentNullException.ThrowIfNull(settings);
            if (transport is TlsTransport)
                throw new ArgumentException("The transport is secured already.", nameof(transport));
            return Run(loop, transport, protocol, settings, early, hasEnded);

            static async Coroutine<Transport> Run(
                EventLoop loop, Transport transport, BaseProtocol protocol, TlsSettings settings, ReadOnlyMemory<byte> early, bool hasEnded)
            {
                // Paused while protocols change hands, so that no byte reaches the wrong one.
                transport.PauseReading();
                var tls = new TlsProtocol(loop, protocol, settings, tellsConnectionMade: false);
                transport.SetProtocol(tls);
                tls.ConnectionMade(transport);
                if (!early.IsEmpty)
                    tls.DataLent(early);
                if (hasEnded)
                    tls.EofReceived();
                loop.CallSoon(transport.ResumeReading);
                try
                {
                    return await tls.Ready;
                }
                catch
                {
                    transport.Abort();
                    throw;
                }
            }
        }
    }
}
