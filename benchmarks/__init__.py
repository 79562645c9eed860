"""Benchmarks: what Sluice does, against bare code that does the same, in one run on one machine."""
