"""What the runners of the benchmarks share."""
