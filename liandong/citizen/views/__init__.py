"""Pages for everybody, one module for each matter."""
