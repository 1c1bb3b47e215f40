/* What another process has used: processor time of all its threads, and resident memory. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/*
 * User and system time, ended threads included, in nanoseconds; 0 if there is no such process. The same sum as utime +
 * stime of /proc/PID/stat, which counts only in hundredths of a second.
 */
static inline uint64_t process_time(pid_t pid) {
    clockid_t clock;
    return pid > 0 && clock_getcpuclockid(pid, &clock) == 0 ? nanoseconds(clock) : 0;
}

/* utime and stime of /proc/PID/stat, in ticks; 0 and 0 if there is no such process. */
static inline void process_ticks(pid_t pid, uint64_t *user, uint64_t *system) {
    char name[64], line[1024];
    unsigned long long first = 0, second = 0;
    snprintf(name, sizeof name, "/proc/%d/stat", (int)pid);
    FILE *file = pid > 0 ? fopen(name, "r") : NULL;
    if (file != NULL) {
        size_t size = fread(line, 1, sizeof line - 1, file);
        line[size] = 0;
        fclose(file);
        char *end = NULL;
        for (char *at = line; *at; at++)
            if (*at == ')')
                end = at; /* the program's name may have spaces and brackets in it */
        if (end != NULL)
            sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &first, &second);
    }
    *user = first;
    *system = second;
}

/* Bytes; 0 if there is no such process. */
static inline uint64_t process_resident(pid_t pid) {
    char name[64];
    unsigned long long pages = 0;
    snprintf(name, sizeof name, "/proc/%d/statm", (int)pid);
    FILE *file = pid > 0 ? fopen(name, "r") : NULL;
    if (file != NULL) {
        if (fscanf(file, "%*u %llu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

#endif
