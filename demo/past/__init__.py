"""What befell the simulated centre before its agent was there: a description, the same each time for the same day."""

from demo.past.days import past

__all__ = ["past"]
