"""Tiles of maps from elsewhere: fetched within limits, kept on disk, and never at the cost of the pages."""

from liandong.areas.tiles.fetching import Fetched, TileFault, Trouble, fetch_tile, target_of_template
from liandong.areas.tiles.proxy import Found, Missing, NotYet, TileProxy, clear_tiles, tile_proxy

__all__ = [
    "Fetched",
    "Found",
    "Missing",
    "NotYet",
    "TileFault",
    "TileProxy",
    "Trouble",
    "clear_tiles",
    "fetch_tile",
    "target_of_template",
    "tile_proxy",
]
