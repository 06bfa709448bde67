"""A telephone system that is none: it tells of calls as `docs/channels/calls.md` says, and badly when asked to."""
