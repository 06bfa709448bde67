"""The pages of the map: what holds on a day, and the editor of redrawing plans."""
