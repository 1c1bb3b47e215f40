/* The load of the echo benchmarks over TLS 1.3. */
#define TLS
#include "echo-load.c"
