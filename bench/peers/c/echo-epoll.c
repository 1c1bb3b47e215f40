/*
 * Echo server on epoll, level-triggered, one thread: the floor that the others are compared with.
 *
 * One read buffer for all connections. What a connection does not take at once is kept in memory of its own, and until
 * it is gone the connection is not read: then, and only then, it waits for EPOLLOUT. So an idle connection is `struct
 * connection` and nothing else.
 */
#include "listen.h"

#include <sys/epoll.h>

enum { EVENTS = 512 };

struct connection {
    int fd;
    int first, last; /* of what is pending */
    char *pending;   /* NULL unless the peer is slower than we are */
};

static int poller;

static void watch(struct connection *connection, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(poller, operation, connection->fd, &event) < 0)
        fail("epoll_ctl");
}

static void drop(struct connection *connection) {
    close(connection->fd);
    free(connection->pending);
    free(connection);
}

static int would_block(void) {
    return errno == EAGAIN || errno == EINTR;
}

static void keep(struct connection *connection, const char *data, int size) {
    connection->pending = malloc((size_t)size);
    if (connection->pending == NULL)
        fail("malloc");
    memcpy(connection->pending, data, (size_t)size);
    connection->first = 0;
    connection->last = size;
    watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
}

static void on_readable(struct connection *connection, char *buffer, int size) {
    ssize_t got = recv(connection->fd, buffer, (size_t)size, 0);
    if (got <= 0) {
        if (got == 0 || !would_block())
            drop(connection);
        return;
    }
    ssize_t sent = send(connection->fd, buffer, (size_t)got, MSG_NOSIGNAL);
    if (sent < 0) {
        if (!would_block()) {
            drop(connection);
            return;
        }
        sent = 0;
    }
    if (sent < got)
        keep(connection, buffer + sent, (int)(got - sent));
}

static void on_writable(struct connection *connection) {
    ssize_t sent = send(connection->fd, connection->pending + connection->first,
                        (size_t)(connection->last - connection->first), MSG_NOSIGNAL);
    if (sent < 0) {
        if (!would_block())
            drop(connection);
        return;
    }
    connection->first += (int)sent;
    if (connection->first < connection->last)
        return;
    free(connection->pending);
    connection->pending = NULL;
    watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

static void accept_all(const struct options *options, int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (!would_block() && errno != ECONNABORTED)
                perror("accept");
            return;
        }
        no_delay(options, fd);
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL)
            fail("calloc");
        connection->fd = fd;
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(int count, char **words) {
    struct options options = parse(count, words, 64 * 1024);
    int listener = listening_socket(&options, SOCK_NONBLOCK);
    char *buffer = malloc((size_t)options.buffer);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (buffer == NULL || poller < 0)
        fail("start");
    struct connection self = {.fd = listener};
    watch(&self, EPOLL_CTL_ADD, EPOLLIN);
    ready();

    struct epoll_event events[EVENTS];
    for (;;) {
        int happened = epoll_wait(poller, events, EVENTS, -1);
        if (happened < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < happened; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == &self)
                accept_all(&options, listener);
            else if (connection->pending != NULL)
                on_writable(connection);
            else
                on_readable(connection, buffer, options.buffer);
        }
    }
}
