/* What the C servers share: `--port P [--unix PATH] [--buffer BYTES]`, and the listening socket. */
#ifndef LISTEN_H
#define LISTEN_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct options {
    int port;
    const char *path; /* of a Unix socket; NULL for TCP */
    int buffer;
};

static inline void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline struct options parse(int count, char **words, int buffer) {
    struct options options = {0, NULL, buffer};
    for (int i = 1; i < count; i++) {
        if (i + 1 < count && strcmp(words[i], "--port") == 0)
            options.port = atoi(words[++i]);
        else if (i + 1 < count && strcmp(words[i], "--unix") == 0)
            options.path = words[++i];
        else if (i + 1 < count && strcmp(words[i], "--buffer") == 0)
            options.buffer = atoi(words[++i]);
        else
            options.port = -1;
    }
    if ((options.port <= 0 && options.path == NULL) || options.buffer <= 0) {
        fprintf(stderr, "usage: %s --port P [--unix PATH] [--buffer BYTES]\n", words[0]);
        exit(2);
    }
    return options;
}

/* Bound, not yet listening; type is SOCK_STREAM or SOCK_DGRAM, with flags. */
static inline int bound_socket(const struct options *options, int type) {
    int fd;
    if (options->path != NULL) {
        struct sockaddr_un name = {.sun_family = AF_UNIX};
        if (strlen(options->path) >= sizeof name.sun_path) {
            errno = ENAMETOOLONG;
            fail(options->path);
        }
        strcpy(name.sun_path, options->path);
        unlink(options->path);
        fd = socket(AF_UNIX, type, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
            fail(options->path);
        return fd;
    }
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, type, 0);
    int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&name, sizeof name) < 0)
        fail("bind");
    return fd;
}

static inline int listening_socket(const struct options *options, int flags) {
    int fd = bound_socket(options, SOCK_STREAM | flags);
    if (listen(fd, 4096) < 0)
        fail("listen");
    return fd;
}

static inline void no_delay(const struct options *options, int fd) {
    int on = 1;
    if (options->path == NULL)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static inline void ready(void) {
    puts("ready");
    fflush(stdout);
}

#endif
