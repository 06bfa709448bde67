"""一张图 and 指挥大屏: what happens, where, at any size. Reads across modules; keeps only counts of its own."""
