"""Many event streams in one small process, for `live.idle`: `python -m tests.bench.many PORT STREAMS TOKEN`.

Says "STREAMS SECONDS" when all have their first event. For each line on standard input it waits until every stream has brought that
text, and says "STREAMS TIME" (of the monotonic clock, which all processes share).
"""

import resource
import select
import socket
import sys
import time

AT_ONCE = 200


class Reader:
    """All the sockets, and who has brought what is waited for."""

    def __init__(self) -> None:
        self.poll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.tails: dict[int, bytes] = {}

    def add(self, one: socket.socket) -> None:
        self.sockets[one.fileno()] = one
        self.tails[one.fileno()] = b""
        self.poll.register(one.fileno(), select.EPOLLIN)

    def until_all(self, mark: bytes, among: set[int], seconds: float) -> int:
        """How many of `among` brought the mark."""
        missing = set(among)
        deadline = time.monotonic() + seconds
        while missing and time.monotonic() < deadline:
            for number, _ in self.poll.poll(1.0):
                data = self.tails[number] + self.sockets[number].recv(65536)
                self.tails[number] = data[-64:]
                if mark in data:
                    missing.discard(number)
        return len(among) - len(missing)


def main(port: int, streams: int, token: str) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    ask = f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    reader = Reader()
    began = time.monotonic()
    while len(reader.sockets) < streams:
        fresh = set()
        for _ in range(min(AT_ONCE, streams - len(reader.sockets))):
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(ask)
            one.setblocking(False)
            reader.add(one)
            fresh.add(one.fileno())
        if (got := reader.until_all(b"event: hello", fresh, 30)) < len(fresh):
            sys.exit(f"only {len(reader.sockets) - len(fresh) + got} streams could be opened")
    print(streams, time.monotonic() - began, flush=True)
    for line in sys.stdin:
        got = reader.until_all(line.strip().encode(), set(reader.sockets), 30)
        print(got, time.monotonic(), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
