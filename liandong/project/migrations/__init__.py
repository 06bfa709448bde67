"""Tables of the composition root."""
