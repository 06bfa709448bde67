"""Real requests poured from a file through the same operations as a desk."""
