"""The demo district: its map, its organisation, its history and its live stream, all made from a seed."""
