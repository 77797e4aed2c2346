"""Stand-ins for the world outside, to try and to test every channel on a laptop without an account anywhere.

One folder per provider, named as the channel's own: it speaks the provider's protocol and brings a small page on which you are the
customer. It is a toy for this machine: it listens on loopback only and keeps everything in memory. Read next: `stand_in.py` for what a
folder brings, `serve.py` for what `innboks sandbox` starts.
"""
