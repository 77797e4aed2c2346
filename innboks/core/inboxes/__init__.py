"""Inboxes: containers of conversations, with the people who may see and act in them. Start with `inboxes.py`."""
