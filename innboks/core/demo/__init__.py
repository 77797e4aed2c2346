"""Demo data in an account of somebody's own: loaded by a worker, marked, and taken away by one act. Read next: `demo.py`, `take_away.py`."""
