"""One append-only table of everything that happened: audit row, announcement and outbox in one.

It names subjects and actors by key and knows nothing of the modules above it.
"""
