"""Benchmarks: ratios that are measured within one run, on one machine, against one simulator (`make bench`)."""
