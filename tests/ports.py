"""Ports for what tests start."""

import random
import socket

_CHOICE = range(20_000, 32_768)
"""Below those that Linux gives to outgoing connections (ip_local_port_range): one of these could take the port before it is listened at."""


def free_port() -> int:
    """One that nobody listens at, at this moment."""
    while True:
        port = random.SystemRandom().choice(_CHOICE)  # tests run side by side: each draws its own
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
