"""The benchmarks, a file each: a new one copies a neighbour and is named here."""

from benchmarks.kinds import executions, importing, latency, page, transition

BENCHMARKS = (
    transition.BENCHMARK,
    importing.BENCHMARK,
    executions.BENCHMARK,
    *page.BENCHMARKS,
    latency.BENCHMARK,
)

__all__ = ["BENCHMARKS"]
