"""Duty: rosters and who answers when, briefings and handovers, the handbook, training."""
