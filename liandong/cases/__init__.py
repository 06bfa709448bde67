"""The heart: a problem is reported, filed, dispatched, solved, checked and closed, and every hour is on the record."""
