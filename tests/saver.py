"""Saves a document again and again, in processes that somebody kills.

    python -m tests.saver FILE

For each line of standard input it forks a process that edits, keeps and saves until it
is killed, and prints the numbers of that process and of each version that is kept.
"""

import itertools
import os
import sys

import tuicnn.recovering  # noqa: F401  # else each process would import it anew
from tuicnn.core.edits import Describe
from tuicnn.session import Session


def main(path: str) -> None:
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            edit(path)
        os.write(1, b"pid %d\n" % child)
        os.waitpid(child, 0)
        os.write(1, b"ended\n")


def edit(path: str) -> None:
    session = Session.opened(path)
    for left in session.look_around().left[:1]:
        session.restore(left)
    first = int(session.network.title or 0) + 1
    for number in itertools.count(first):
        session.do(Describe("title", str(number)))
        session.keep()
        os.write(1, b"%d\n" % number)
        if number % 3 == 0:
            session.save()


if __name__ == "__main__":
    main(sys.argv[1])
