/* The load generator's command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

struct options {
    int port;
    const char *path; /* of a Unix socket; NULL for TCP */
    int connections, size, depth;
    double seconds, warm_up;
    pid_t server;
    int idle;
};

static const char usage[] =
    "Sends messages to an echo server on this machine, checks what comes back, and prints one line of JSON.\n"
    "\n"
    "  --port P           TCP, 127.0.0.1:P\n"
    "  --unix PATH        a Unix socket instead\n"
    "  --connections N    how many (64); 1 is ping-pong\n"
    "  --size BYTES       of a message (64)\n"
    "  --depth N          messages each connection has under way (1)\n"
    "  --seconds S        measured (3)\n"
    "  --warm-up S        before measuring (1)\n"
    "  --server-pid PID   also print this process's processor time a message\n"
    "  --idle             one message on each connection, then nothing for --seconds; with --server-pid also\n"
    "                     the memory that each connection has added to that process\n"
    "\n"
    "example: taskset -c 1 echo-load --port 7000 --connections 64 --size 1024 --server-pid 4711\n";

static inline double numeric(const char *name, const char *text, double least, double most) {
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (errno != 0 || end == text || *end != 0 || value < least || value > most) {
        fprintf(stderr, "echo-load: %s must be from %g to %g, not '%s'\n", name, least, most, text);
        exit(2);
    }
    return value;
}

static inline void set_option(struct options *options, const char *name, const char *value) {
    if (strcmp(name, "--port") == 0)
        options->port = (int)numeric(name, value, 1, 65535);
    else if (strcmp(name, "--unix") == 0)
        options->path = value;
    else if (strcmp(name, "--connections") == 0)
        options->connections = (int)numeric(name, value, 1, 1000000);
    else if (strcmp(name, "--size") == 0)
        options->size = (int)numeric(name, value, 1, 1 << 20);
    else if (strcmp(name, "--depth") == 0)
        options->depth = (int)numeric(name, value, 1, 1024);
    else if (strcmp(name, "--seconds") == 0)
        options->seconds = numeric(name, value, 0.01, 3600);
    else if (strcmp(name, "--warm-up") == 0)
        options->warm_up = numeric(name, value, 0, 3600);
    else if (strcmp(name, "--server-pid") == 0)
        options->server = (pid_t)numeric(name, value, 1, 1 << 22);
    else {
        fprintf(stderr, "echo-load: no option %s (--help shows what there is)\n", name);
        exit(2);
    }
}

static inline struct options parse(int count, char **words) {
    struct options options = {.connections = 64, .size = 64, .depth = 1, .seconds = 3, .warm_up = 1};
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
        if (strcmp(words[i], "--idle") == 0) {
            options.idle = 1;
            continue;
        }
        if (i + 1 == count) {
            fprintf(stderr, "echo-load: %s needs a value (--help shows what there is)\n", words[i]);
            exit(2);
        }
        set_option(&options, words[i], words[i + 1]);
        i++;
    }
    if (options.port == 0 && options.path == NULL) {
        fprintf(stderr, "echo-load: --port or --unix is needed (--help shows what there is)\n");
        exit(2);
    }
    return options;
}

#endif
