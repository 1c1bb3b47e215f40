/*
 * The load of the echo benchmarks: one thread, epoll, edge-triggered; it must cost less than any server it measures.
 *
 * 1. A connection has `depth` messages under way; for each that comes back whole it sends another, all that came back in
 *    one read in one write.
 * 2. Byte k of a connection's stream is byte (start + k) mod PERIOD of one random table, another start for each
 *    connection: what comes back is compared with the table, so a byte lost, doubled or from a neighbour is seen.
 * 3. The clock is read once an event: it ends the messages that the event brought and begins those sent in return.
 *    What waits behind other events of the same pass waits, and its latency says so.
 * 4. Copying and comparing large messages would make the load the slower side: while measuring, of reads of messages above
 *    LARGE, TCP drops all but each EIGHTH in the kernel. Until then, and below that size, every byte is compared.
 * 5. Over TLS (tls-load.c) each byte is decrypted and compared, and reading goes on until the kernel has nothing left.
 * 6. A connection is opened with one message to and fro, 256 at a time, so that no listen queue overflows.
 */
#define _GNU_SOURCE
#include "histogram.h"
#include "options.h"
#include "process.h"
#include "wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PERIOD = 4093, CHUNK = 128 * 1024, EVENTS = 256, WAVE = 256, PATIENCE_MS = 20000, LARGE = 16 * 1024, EIGHTH = 8 };

struct connection {
    struct wire wire;
    int number;
    uint64_t sent, wanted;    /* bytes given to the kernel; bytes of all messages begun */
    uint64_t received, begun; /* bytes; messages */
    uint64_t done;            /* messages */
    uint64_t *starts;         /* of the messages under way: message m began at starts[m % depth] */
};

static struct options options;
static struct connection *connections;
static struct histogram histogram;
static char table[PERIOD + CHUNK], buffer[CHUNK];
static int poller;
static uint64_t messages; /* since the last reset */
static int more;          /* whether a message that has come back is followed by another */
static int dropping;      /* whether most of what comes back is not looked at; rule 4 */
static unsigned reads;

static void fail(const char *what) {
    fprintf(stderr, "echo-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void die(const struct connection *connection, const char *what) {
    fprintf(stderr, "echo-load: connection %d, byte %llu: %s\n", connection->number,
            (unsigned long long)connection->received, what);
    exit(1);
}

static const char *stream(const struct connection *connection, uint64_t offset) {
    return table + ((uint64_t)connection->number * 97 + offset) % PERIOD;
}

static void send_wanted(struct connection *connection) {
    while (connection->sent < connection->wanted) {
        uint64_t left = connection->wanted - connection->sent;
        size_t size = left < CHUNK ? (size_t)left : CHUNK;
        ssize_t sent = wire_send(&connection->wire, stream(connection, connection->sent), size);
        if (sent < 0) {
            if (errno == EAGAIN)
                return; /* the next edge goes on */
            die(connection, strerror(errno));
        }
        connection->sent += (uint64_t)sent;
    }
}

static void begin(struct connection *connection, uint64_t count, uint64_t now) {
    for (uint64_t i = 0; i < count; i++)
        connection->starts[connection->begun++ % (uint64_t)options.depth] = now;
    connection->wanted += count * (uint64_t)options.size;
    send_wanted(connection);
}

/* Returns whether there may be more to read. */
static int receive(struct connection *connection, uint64_t now) {
    int unseen = dropping && ++reads % EIGHTH != 0;
    ssize_t got = wire_receive(&connection->wire, buffer, CHUNK, unseen);
    if (got < 0 && errno == EAGAIN)
        return 0;
    if (got <= 0)
        die(connection, got == 0 ? "the server closed it" : strerror(errno));
    if (connection->received + (uint64_t)got > connection->wanted)
        die(connection, "more has come back than was sent");
    if (!unseen && memcmp(buffer, stream(connection, connection->received), (size_t)got) != 0)
        die(connection, "what came back is not what was sent");
    connection->received += (uint64_t)got;

    uint64_t whole = connection->received / (uint64_t)options.size, count = whole - connection->done;
    for (; connection->done < whole; connection->done++)
        histogram_add(&histogram, now - connection->starts[connection->done % (uint64_t)options.depth]);
    messages += count;
    if (more && count > 0)
        begin(connection, count, now);
    return WIRE_HIDES || got == CHUNK;
}

/* One pass; returns the time at its end. */
static uint64_t pass(void) {
    struct epoll_event events[EVENTS];
    int happened = epoll_wait(poller, events, EVENTS, PATIENCE_MS);
    if (happened == 0) {
        fprintf(stderr, "echo-load: nothing has come back for %d s\n", PATIENCE_MS / 1000);
        exit(1);
    }
    if (happened < 0 && errno != EINTR)
        fail("epoll_wait");
    uint64_t now = nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < happened; i++) {
        struct connection *connection = events[i].data.ptr;
        if (i > 0)
            now = nanoseconds(CLOCK_MONOTONIC);
        send_wanted(connection);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            while (receive(connection, now)) {
            }
    }
    return now;
}

static int connected(struct wire *wire) {
    union {
        struct sockaddr any;
        struct sockaddr_in internet;
        struct sockaddr_un local;
    } name = {0};
    socklen_t size = sizeof name.internet;
    if (options.path != NULL) {
        name.local.sun_family = AF_UNIX;
        if (strlen(options.path) >= sizeof name.local.sun_path) {
            errno = ENAMETOOLONG;
            fail(options.path);
        }
        strcpy(name.local.sun_path, options.path);
        size = sizeof name.local;
    } else {
        name.internet.sin_family = AF_INET;
        name.internet.sin_port = htons((uint16_t)options.port);
        name.internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    int fd = socket(name.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    if (connect(fd, &name.any, size) < 0)
        fail("connect");
    int on = 1;
    if (options.path == NULL)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    wire_open(wire, fd);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        fail("fcntl");
    return fd;
}

static void open_all(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_max < (rlim_t)options.connections + 16) {
            fprintf(stderr, "echo-load: %d connections need more files than the %llu allowed (ulimit -Hn)\n",
                    options.connections, (unsigned long long)limit.rlim_max);
            exit(1);
        }
    }
    more = 0;
    messages = 0;
    for (int opened = 0; opened < options.connections;) {
        int end = opened + WAVE < options.connections ? opened + WAVE : options.connections;
        for (int i = opened; i < end; i++) {
            struct connection *connection = &connections[i];
            int fd = connected(&connection->wire);
            connection->number = i;
            connection->starts = calloc((size_t)options.depth, sizeof *connection->starts);
            struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};
            if (connection->starts == NULL || epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
                fail("open");
            begin(connection, 1, nanoseconds(CLOCK_MONOTONIC));
        }
        opened = end;
        while (messages < (uint64_t)opened)
            pass();
    }
}

static void run_until(uint64_t end) {
    while (pass() < end) {
    }
}

static void rest(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&time, &time) != 0 && errno == EINTR) {
    }
}

static void print_about(void) {
    printf("{\"connections\": %d, \"size\": %d, \"depth\": %d, \"socket\": \"%s\"", options.connections, options.size,
           options.depth, options.path != NULL ? "unix" : "tcp");
}

static void idle(void) {
    uint64_t before = process_resident(options.server);
    open_all();
    rest(options.seconds);
    uint64_t after = process_resident(options.server);
    print_about();
    if (before != 0 && after != 0)
        printf(", \"resident_before\": %llu, \"resident_after\": %llu, \"bytes_per_connection\": %.1f",
               (unsigned long long)before, (unsigned long long)after,
               ((double)after - (double)before) / options.connections);
    puts("}");
}

static void measure(void) {
    open_all();
    more = 1;
    uint64_t now = nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < options.connections; i++)
        begin(&connections[i], (uint64_t)options.depth, now);
    run_until(now + (uint64_t)(options.warm_up * 1e9));

    uint64_t user[2], system[2];
    dropping = !WIRE_HIDES && options.size > LARGE && options.path == NULL;
    histogram_clear(&histogram);
    messages = 0;
    process_ticks(options.server, &user[0], &system[0]);
    uint64_t server = process_time(options.server), own = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t start = nanoseconds(CLOCK_MONOTONIC);
    run_until(start + (uint64_t)(options.seconds * 1e9));
    double took = (double)(nanoseconds(CLOCK_MONOTONIC) - start);
    uint64_t server_end = process_time(options.server);
    own = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - own;
    process_ticks(options.server, &user[1], &system[1]);

    print_about();
    printf(", \"seconds\": %.3f, \"messages\": %llu, \"messages_per_s\": %.0f", took / 1e9, (unsigned long long)messages,
           (double)messages / took * 1e9);
    printf(", \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f",
           (double)histogram_quantile(&histogram, 0.5) / 1e3, (double)histogram_quantile(&histogram, 0.99) / 1e3,
           (double)histogram_quantile(&histogram, 0.999) / 1e3, (double)histogram.largest / 1e3);
    printf(", \"load_cpu_share\": %.3f", (double)own / took);
    if (server != 0 && server_end != 0 && messages > 0) {
        double ticks = (double)(user[1] - user[0] + system[1] - system[0]);
        printf(", \"server_cpu_share\": %.3f, \"server_cpu_per_message_ns\": %.1f",
               (double)(server_end - server) / took, (double)(server_end - server) / (double)messages);
        printf(", \"server_system_part\": %.3f, \"server_resident\": %llu",
               ticks > 0 ? (double)(system[1] - system[0]) / ticks : 0,
               (unsigned long long)process_resident(options.server));
    }
    puts("}");
}

int main(int count, char **words) {
    options = parse(count, words);
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < sizeof table; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        table[i] = i < PERIOD ? (char)(random >> 32) : table[i - PERIOD];
    }
    connections = calloc((size_t)options.connections, sizeof *connections);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (connections == NULL || poller < 0)
        fail("start");
    if (options.idle)
        idle();
    else
        measure();
    return 0;
}
