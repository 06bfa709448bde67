"""Pages of the desk: read the form, call the operation, answer."""
