/*
 * The load of the UDP benchmarks: one thread, epoll; a socket for each sender, connected to the server.
 *
 * 1. A sender has `depth` datagrams under way; for each that comes back it sends another.
 * 2. A datagram is its number and bytes of one random table that the number chooses: what comes back is compared, so one that
 *    is lost, doubled, cut or another's is seen.
 * 3. Loopback loses datagrams only when a buffer is full. When nothing has come back for a while, all senders send again
 *    what they miss, and it is counted as lost.
 */
#define _GNU_SOURCE
#include "histogram.h"
#include "options.h"
#include "process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { PERIOD = 4093, LARGEST = 65507, EVENTS = 256, QUIET_MS = 200, PATIENCE = 50 };

struct sender {
    int fd;
    uint64_t next;    /* the number of the next datagram */
    uint64_t *starts; /* datagram n began at starts[n % depth]; 0 once it has come back */
    int missing;      /* how many are under way */
};

static struct options options;
static struct sender *senders;
static struct histogram histogram;
static char table[PERIOD + LARGEST], buffer[LARGEST + 1];
static int poller;
static uint64_t messages, lost; /* since the last reset */

static void fail(const char *what) {
    fprintf(stderr, "udp-load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static const char *bytes_of(uint64_t number) { return table + number * 97 % PERIOD; }

static void begin(struct sender *sender, uint64_t now) {
    uint64_t number = sender->next++;
    sender->starts[number % (uint64_t)options.depth] = now;
    sender->missing++;
    memcpy(buffer, &number, sizeof number);
    memcpy(buffer + sizeof number, bytes_of(number), (size_t)options.size - sizeof number);
    if (send(sender->fd, buffer, (size_t)options.size, 0) < 0 && errno != EAGAIN && errno != ENOBUFS)
        fail("send");
}

static void receive(struct sender *sender, uint64_t now) {
    for (;;) {
        ssize_t got = recv(sender->fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got < 0)
            fail("recv");
        uint64_t number;
        memcpy(&number, buffer, sizeof number);
        uint64_t *start = &sender->starts[number % (uint64_t)options.depth];
        if (number >= sender->next || sender->next - number > (uint64_t)options.depth || *start == 0)
            continue; /* given up for lost, and late */
        if (got != options.size || memcmp(buffer + sizeof number, bytes_of(number), (size_t)got - sizeof number) != 0) {
            fprintf(stderr, "udp-load: what came back is not what was sent\n");
            exit(1);
        }
        histogram_add(&histogram, now - *start);
        *start = 0;
        sender->missing--;
        messages++;
        begin(sender, now);
    }
}

static void send_again(uint64_t now) {
    for (int i = 0; i < options.connections; i++) {
        struct sender *sender = &senders[i];
        int missing = sender->missing;
        lost += (uint64_t)missing;
        sender->missing = 0;
        for (int k = 0; k < options.depth; k++)
            sender->starts[k] = 0;
        for (int k = 0; k < missing; k++)
            begin(sender, now);
    }
}

static uint64_t run_until(uint64_t end) {
    struct epoll_event events[EVENTS];
    for (int quiet = 0;;) {
        int happened = epoll_wait(poller, events, EVENTS, QUIET_MS);
        uint64_t now = nanoseconds(CLOCK_MONOTONIC);
        if (happened < 0 && errno != EINTR)
            fail("epoll_wait");
        if (happened == 0) {
            if (++quiet == PATIENCE) {
                fprintf(stderr, "udp-load: nothing has come back for %d s\n", PATIENCE * QUIET_MS / 1000);
                exit(1);
            }
            send_again(now);
        }
        for (int i = 0; i < happened; i++) {
            quiet = 0;
            if (i > 0)
                now = nanoseconds(CLOCK_MONOTONIC);
            receive(events[i].data.ptr, now);
        }
        if (now >= end)
            return now;
    }
}

static void open_all(void) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < options.connections; i++) {
        struct sender *sender = &senders[i];
        sender->starts = calloc((size_t)options.depth, sizeof *sender->starts);
        sender->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (sender->starts == NULL || sender->fd < 0 || connect(sender->fd, (struct sockaddr *)&name, sizeof name) < 0)
            fail("open");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = sender};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, sender->fd, &event) < 0)
            fail("epoll_ctl");
    }
}

static void measure(void) {
    open_all();
    uint64_t now = nanoseconds(CLOCK_MONOTONIC);
    for (int i = 0; i < options.connections; i++)
        for (int k = 0; k < options.depth; k++)
            begin(&senders[i], now);
    run_until(now + (uint64_t)(options.warm_up * 1e9));

    histogram_clear(&histogram);
    messages = lost = 0;
    uint64_t server = process_time(options.server), own = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t start = nanoseconds(CLOCK_MONOTONIC);
    double took = (double)(run_until(start + (uint64_t)(options.seconds * 1e9)) - start);
    uint64_t server_end = process_time(options.server);
    own = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - own;

    printf("{\"connections\": %d, \"size\": %d, \"depth\": %d, \"socket\": \"udp\"", options.connections, options.size, options.depth);
    printf(", \"seconds\": %.3f, \"messages\": %llu, \"messages_per_s\": %.0f, \"lost\": %llu", took / 1e9,
           (unsigned long long)messages, (double)messages / took * 1e9, (unsigned long long)lost);
    printf(", \"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f",
           (double)histogram_quantile(&histogram, 0.5) / 1e3, (double)histogram_quantile(&histogram, 0.99) / 1e3,
           (double)histogram_quantile(&histogram, 0.999) / 1e3, (double)histogram.largest / 1e3);
    printf(", \"load_cpu_share\": %.3f", (double)own / took);
    if (server != 0 && server_end != 0 && messages > 0)
        printf(", \"server_cpu_share\": %.3f, \"server_cpu_per_message_ns\": %.1f", (double)(server_end - server) / took,
               (double)(server_end - server) / (double)messages);
    puts("}");
}

int main(int count, char **words) {
    options = parse(count, words);
    if (options.path != NULL || options.idle || options.size < (int)sizeof(uint64_t) || options.size > LARGEST) {
        fprintf(stderr, "udp-load: --port, and --size from %zu to %d, are for UDP; --unix and --idle are not\n", sizeof(uint64_t), LARGEST);
        return 2;
    }
    uint64_t random = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < sizeof table; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        table[i] = i < PERIOD ? (char)(random >> 32) : table[i - PERIOD];
    }
    senders = calloc((size_t)options.connections, sizeof *senders);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (senders == NULL || poller < 0)
        fail("start");
    measure();
    return 0;
}
