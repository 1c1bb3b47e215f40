/* Latencies in nanoseconds, counted in cells that are at most 1/64 of their value wide. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>
#include <string.h>

enum { PART_BITS = 6, PARTS = 1 << PART_BITS, CELLS = (64 - PART_BITS + 1) * PARTS };

struct histogram {
    uint64_t counts[CELLS];
    uint64_t total, largest;
};

static inline void histogram_clear(struct histogram *histogram) {
    memset(histogram, 0, sizeof *histogram);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value) {
    int shift = value < PARTS ? 0 : 63 - __builtin_clzll(value) - PART_BITS;
    /* From PARTS on, the value's leading one is counted in with the row: row shift + 1, column the bits behind it. */
    histogram->counts[(uint64_t)shift * PARTS + (value >> shift)]++;
    histogram->total++;
    if (value > histogram->largest)
        histogram->largest = value;
}

/* The upper edge of the cell in which that share of all values is reached. */
static inline uint64_t histogram_quantile(const struct histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)((double)histogram->total * share + 0.5), seen = 0;
    for (int cell = 0; cell < CELLS; cell++) {
        seen += histogram->counts[cell];
        if (seen < wanted || seen == 0)
            continue;
        int shift = cell < 2 * PARTS ? 0 : cell / PARTS - 1;
        uint64_t edge = (((uint64_t)cell - (uint64_t)shift * PARTS + 1) << shift) - 1;
        return edge < histogram->largest ? edge : histogram->largest;
    }
    return histogram->largest;
}

#endif
