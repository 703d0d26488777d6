"""Tests, simulator and development tools; a regular package so that no other `tests` can take its place."""
