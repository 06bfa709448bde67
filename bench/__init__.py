"""Benchmarks: the real thing from HTTP to the committed row, against what the machine could do with nothing of ours."""
