"""Views of the channels."""
