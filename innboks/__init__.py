"""Innboks: one inbox in which a team answers everybody. Read next: ARCHITECTURE.md, then `app.py`."""

__version__ = "0.1.0"
