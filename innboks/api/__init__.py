"""The edge: HTTP in, core calls, JSON out. The only users of the web framework besides `app.py`.

Start with `guard.py` (what happens before a route), then `app/` (the agent app's routes), `problems.py` (every error).
"""
