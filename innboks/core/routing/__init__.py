"""Who gets a conversation: availability, capacity and the rule of each channel account (SPEC 3.2, 13, 14).

`hours.py` says who is available when, `choose.py` whom a rule chooses; both know no database. `assign.py` is the step of the road in.
"""
