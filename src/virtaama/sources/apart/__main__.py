"""The process readers are split off from: `python -m virtaama.sources.apart`.

It has brought in all that reading needs, so that a reader is there at once. It reads nothing itself, and ends with
the loader. One order after the other on its input: a line to a new reader, or the number of one that is to end.
"""

from __future__ import annotations

import gc
import os
import signal
import socket

from virtaama.sources.apart import confined
from virtaama.sources.apart.messages import BEGIN, END, LOCATED, ORDER, columns_of
from virtaama.sources.apart.reader import serve


def main() -> None:
    # Arrow looks for other libraries when it first makes a column, and brings in what it finds.
    columns_of([], LOCATED)
    control = socket.socket(fileno=os.dup(0))
    # Whatever a library writes, it is no answer.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    # What is there from the start is shared with every reader: nobody need look through it again.
    gc.collect()
    gc.freeze()
    readers: set[int] = set()
    while True:
        order, lines, _, _ = socket.recv_fds(control, ORDER.size, 1)
        if len(order) < ORDER.size:
            break
        kind, number = ORDER.unpack(order)
        if kind == BEGIN:
            number = os.fork()
            if not number:
                control.close()
                _read(lines[0])
            os.close(lines[0])
            readers.add(number)
            control.sendall(ORDER.pack(BEGIN, number))
        else:
            readers.discard(number)
            control.sendall(ORDER.pack(END, _ended(number)))
    for number in readers:
        _ended(number)


def _ended(number: int) -> int:
    """End a reader; how it ended, if it had before."""
    os.kill(number, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def _read(line: int) -> None:
    """Be a reader, and never anything else again."""
    try:
        confined.end_with_parent()
        serve(socket.socket(fileno=line))
    except BaseException:  # noqa: BLE001 – whatever it was, the loader sees that nobody answers
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
