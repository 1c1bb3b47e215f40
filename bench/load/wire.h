/* What a connection's bytes travel by: the kernel alone, or TLS over it (-DTLS). Results and errno are those of send and recv. */
#ifndef WIRE_H
#define WIRE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef TLS

enum { WIRE_HIDES = 0 }; /* whether more may be there than the kernel knows of */

struct wire {
    int fd;
};

static inline void wire_open(struct wire *wire, int fd) {
    wire->fd = fd;
}

static inline ssize_t wire_send(struct wire *wire, const void *bytes, size_t size) {
    return send(wire->fd, bytes, size, MSG_NOSIGNAL);
}

/* Unseen: the bytes are counted and dropped. */
static inline ssize_t wire_receive(struct wire *wire, void *bytes, size_t size, int unseen) {
    return recv(wire->fd, bytes, size, unseen ? MSG_TRUNC : 0);
}

#else

#include <openssl/err.h>
#include <openssl/ssl.h>

enum { WIRE_HIDES = 1 };

struct wire {
    SSL *ssl;
};

/* One suite for all servers, so that none is faster by another's choice. Certificates are not what is measured: not checked. */
static inline void wire_open(struct wire *wire, int fd) {
    static SSL_CTX *context;
    if (context == NULL) {
        context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
        SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    wire->ssl = SSL_new(context);
    if (wire->ssl == NULL || SSL_set_fd(wire->ssl, fd) != 1 || SSL_set_tlsext_host_name(wire->ssl, "localhost") != 1
        || SSL_connect(wire->ssl) != 1) {
        fprintf(stderr, "tls-load: handshake: %s\n", ERR_error_string(ERR_get_error(), NULL));
        exit(1);
    }
}

static inline ssize_t wire_result(struct wire *wire, int result) {
    int error = SSL_get_error(wire->ssl, result);
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

static inline ssize_t wire_send(struct wire *wire, const void *bytes, size_t size) {
    ERR_clear_error();
    int sent = SSL_write(wire->ssl, bytes, (int)size);
    return sent > 0 ? sent : wire_result(wire, sent);
}

static inline ssize_t wire_receive(struct wire *wire, void *bytes, size_t size, int unseen) {
    (void)unseen; /* what is to be decrypted has to be read */
    ERR_clear_error();
    int got = SSL_read(wire->ssl, bytes, (int)size);
    return got > 0 ? got : wire_result(wire, got);
}

#endif
#endif
