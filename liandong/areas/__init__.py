"""The map of a district: its towns, communities and grids, and which of them a point lies in."""
