"""Liandong 联动: a district hears every problem, sends it to whoever must solve it, and checks that it is solved."""

__version__ = "0.5.0"
