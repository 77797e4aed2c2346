"""Who may come in: accounts, users, sessions and API tokens.

Start with `setup.py` (the first account), then `actors.py` (every request).
"""
