/*
 * Echo server on io_uring (liburing), one thread: multishot accept, multishot receive into a provided buffer ring, and
 * each buffer is sent from where it was received.
 *
 * 1. A connection has at most one send in flight; what arrives meanwhile waits in its queue, a list of buffers by number.
 * 2. A buffer goes back to the ring when its send is complete. With none left a receive ends with ENOBUFS; it is armed
 *    again as soon as that connection's own queue is empty, or, if it has none, with the next buffer that comes back.
 * 3. A connection is freed when it has neither a receive nor a send in flight.
 */
#include "listen.h"

#include <liburing.h>

enum { RING = 1024, COMPLETIONS = 16 * 1024, GROUP = 0, NONE = -1, IN_CACHE = 512 * 1024 };

enum kind { ACCEPT, RECEIVE, SEND }; /* in the low bits of a completion's user data; the pointer is the rest */

struct connection {
    int fd;
    int head, tail; /* the queue of buffers; NONE if empty */
    int sent;       /* bytes of the buffer at the head */
    char receiving, sending, closed, starved;
    struct connection *next_starved;
};

static struct io_uring ring;
static struct io_uring_buf_ring *buffers;
static struct options options;
static char *memory;
static int buffer_count;
static int *next, *length; /* of each buffer: the one behind it in a queue, and how many bytes it holds */
static struct connection *starved;
static int listener;

static struct io_uring_sqe *entry(void) {
    struct io_uring_sqe *sqe;
    while ((sqe = io_uring_get_sqe(&ring)) == NULL)
        io_uring_submit(&ring);
    return sqe;
}

static char *address(int buffer) {
    return memory + (size_t)buffer * (size_t)options.buffer;
}

static void start_accept(void) {
    struct io_uring_sqe *sqe = entry();
    io_uring_prep_multishot_accept(sqe, listener, NULL, NULL, 0);
    io_uring_sqe_set_data64(sqe, ACCEPT);
}

static void start_receive(struct connection *connection) {
    struct io_uring_sqe *sqe = entry();
    io_uring_prep_recv_multishot(sqe, connection->fd, NULL, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = GROUP;
    io_uring_sqe_set_data64(sqe, (uint64_t)(uintptr_t)connection | RECEIVE);
    connection->receiving = 1;
}

static void start_send(struct connection *connection) {
    int buffer = connection->head;
    struct io_uring_sqe *sqe = entry();
    io_uring_prep_send(sqe, connection->fd, address(buffer) + connection->sent,
                       (size_t)(length[buffer] - connection->sent), MSG_NOSIGNAL | MSG_WAITALL);
    io_uring_sqe_set_data64(sqe, (uint64_t)(uintptr_t)connection | SEND);
    connection->sending = 1;
}

static void give_back(int buffer) {
    io_uring_buf_ring_add(buffers, address(buffer), (unsigned)options.buffer, (unsigned short)buffer,
                          io_uring_buf_ring_mask((unsigned)buffer_count), 0);
    io_uring_buf_ring_advance(buffers, 1);
    struct connection *waiting = starved;
    if (waiting != NULL) {
        starved = waiting->next_starved;
        waiting->starved = 0;
        if (!waiting->closed)
            start_receive(waiting);
    }
}

static void pop(struct connection *connection) {
    int buffer = connection->head;
    connection->head = next[buffer];
    connection->sent = 0;
    give_back(buffer);
}

/* Ends a connection as soon as the kernel holds nothing of it; idempotent until then. */
static void close_if_done(struct connection *connection) {
    if (!connection->closed || connection->receiving || connection->sending || connection->starved)
        return;
    while (connection->head != NONE)
        pop(connection);
    close(connection->fd);
    free(connection);
}

static void on_accept(const struct io_uring_cqe *cqe) {
    if (!(cqe->flags & IORING_CQE_F_MORE))
        start_accept();
    if (cqe->res < 0)
        return;
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        fail("calloc");
    no_delay(&options, cqe->res);
    connection->fd = cqe->res;
    connection->head = NONE;
    start_receive(connection);
}

static void on_receive(struct connection *connection, const struct io_uring_cqe *cqe) {
    if (!(cqe->flags & IORING_CQE_F_MORE))
        connection->receiving = 0;
    if (cqe->res > 0) {
        int buffer = (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
        next[buffer] = NONE;
        length[buffer] = cqe->res;
        if (connection->head == NONE)
            connection->head = buffer;
        else
            next[connection->tail] = buffer;
        connection->tail = buffer;
        if (!connection->sending && !connection->closed)
            start_send(connection);
    } else if (cqe->res != -ENOBUFS) {
        connection->closed = 1;
    }
    if (!connection->receiving && !connection->closed && connection->head == NONE) {
        if (cqe->res == -ENOBUFS) {
            connection->starved = 1;
            connection->next_starved = starved;
            starved = connection;
        } else {
            start_receive(connection);
        }
    }
    close_if_done(connection);
}

static void on_send(struct connection *connection, const struct io_uring_cqe *cqe) {
    connection->sending = 0;
    if (cqe->res <= 0) {
        connection->closed = 1;
        shutdown(connection->fd, SHUT_RDWR); /* ends the receive too */
    } else {
        connection->sent += cqe->res;
        if (connection->sent == length[connection->head])
            pop(connection);
        if (connection->head != NONE)
            start_send(connection);
        else if (!connection->receiving && !connection->closed && !connection->starved)
            start_receive(connection);
    }
    close_if_done(connection);
}

static void start(void) {
    struct io_uring_params params = {0};
    params.flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    params.cq_entries = COMPLETIONS;
    int result = io_uring_queue_init_params(RING, &ring, &params);
    if (result == -EINVAL) { /* before kernel 6.1 */
        params = (struct io_uring_params){.flags = IORING_SETUP_CQSIZE, .cq_entries = COMPLETIONS};
        result = io_uring_queue_init_params(RING, &ring, &params);
    }
    if (result < 0) {
        errno = -result;
        fail("io_uring");
    }
    io_uring_register_ring_fd(&ring);

    /*
     * A power of two of them. The ring hands them out in turn, so all are in use: what is more than the cache holds costs
     * more (a fifth, at 64 KiB a message) than a receive that finds none and is armed again.
     */
    buffer_count = 8;
    while (buffer_count * options.buffer < IN_CACHE)
        buffer_count *= 2;
    size_t ring_size = (size_t)buffer_count * sizeof(struct io_uring_buf);
    if (posix_memalign((void **)&buffers, 4096, ring_size) != 0 ||
        posix_memalign((void **)&memory, 4096, (size_t)buffer_count * (size_t)options.buffer) != 0)
        fail("memory");
    next = calloc((size_t)buffer_count, sizeof *next);
    length = calloc((size_t)buffer_count, sizeof *length);
    if (next == NULL || length == NULL)
        fail("memory");
    io_uring_buf_ring_init(buffers);
    struct io_uring_buf_reg registration = {
        .ring_addr = (uint64_t)(uintptr_t)buffers, .ring_entries = (uint32_t)buffer_count, .bgid = GROUP};
    result = io_uring_register_buf_ring(&ring, &registration, 0);
    if (result < 0) {
        errno = -result;
        fail("provided buffers");
    }
    for (int i = 0; i < buffer_count; i++)
        give_back(i);
}

int main(int count, char **words) {
    options = parse(count, words, 4096);
    listener = listening_socket(&options, 0);
    start();
    start_accept();
    ready();

    for (;;) {
        int result = io_uring_submit_and_wait(&ring, 1);
        if (result < 0 && result != -EINTR && result != -EBUSY) {
            errno = -result;
            fail("io_uring_enter");
        }
        struct io_uring_cqe *cqe;
        unsigned head, seen = 0;
        io_uring_for_each_cqe(&ring, head, cqe) {
            uint64_t data = cqe->user_data;
            struct connection *connection = (struct connection *)(uintptr_t)(data & ~(uint64_t)3);
            seen++;
            if ((data & 3) == ACCEPT)
                on_accept(cqe);
            else if ((data & 3) == RECEIVE)
                on_receive(connection, cqe);
            else
                on_send(connection, cqe);
        }
        io_uring_cq_advance(&ring, seen);
    }
}
