"""`make bench`: the figures that the product holds itself to, measured on this machine in one run.

Everything is real and local: `innboks run` in processes of its own, PostgreSQL with every commit on disk, HTTP, SMTP and event streams over
sockets. A row prints its progress, then the table comes, and the same figures as JSON in `bench.json`. Read next: `__main__.py` for
the list of rows, `place.py` for what they run against.
"""
