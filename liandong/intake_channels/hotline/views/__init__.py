"""Pages and the webhook of the hotline desk: read what came, call the operation, answer."""
