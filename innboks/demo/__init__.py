"""A lively demo account: an invented outdoor shop, Tindra, and eight weeks of what its customers wrote and got answered.

Everybody and everything in it is invented; all addresses end in `.example`. Read next: `load.py`.
"""
