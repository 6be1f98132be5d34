"""Quoting: an argument as one word of a shell's language, whatever it holds."""

from __future__ import annotations

import re

from agent.core.reach import CannotAsk

PLAIN = re.compile(rb"[A-Za-z0-9_/.:@%+,-]+\Z")
# POSIX.1-2024 XCU 2.14, and what dash, bash and busybox add: words that would make a shell look at the arguments again,
# or change what the commands after this one do.
WORDS = """! . { } [[ alias bind break builtin case cd command coproc declare do done elif else enable esac eval exec
exit export fc fi for function getopts hash if in local mapfile read readonly return select set shift source then time
times trap type typeset ulimit umask unalias unset until wait while"""
SHELL_WORDS = frozenset(WORDS.split())
OURS = "shouwang_"  # what the functions of a round are called
MOST_ARGUMENTS = 64 * 1024  # bytes: Linux takes 128 KiB in one argument (MAX_ARG_STRLEN)


def checked(argv: tuple[str, ...]) -> tuple[bytes, ...]:
    """The arguments as bytes. CannotAsk for what no program could be given, and for a word of the shell's own."""
    if not argv or not argv[0]:
        raise CannotAsk("missing", "a command without a program; expected an argument list")
    try:
        words = tuple(each.encode("utf-8", "surrogateescape") for each in argv)
    except UnicodeEncodeError:
        raise CannotAsk("missing", f"an argument of {argv[0]!r} is no text that can be sent") from None
    if any(b"\0" in each for each in words):
        raise CannotAsk("missing", f"an argument of {argv[0]!r} holds a NUL, which no program can be given")
    if argv[0] in SHELL_WORDS or argv[0].startswith(OURS):
        raise CannotAsk("missing", f"{argv[0]!r} is a word of the shell; expected a program")
    if sum(map(len, words)) > MOST_ARGUMENTS:
        raise CannotAsk("missing", f"the arguments of {argv[0]!r} have more than {MOST_ARGUMENTS} bytes")
    return words


def posix(argv: tuple[str, ...]) -> bytes:
    """A simple command of the POSIX shell with exactly these arguments.

    Between single quotes nothing has a meaning but the quote itself (XCU 2.2.2), which stands between double ones.
    """
    words = checked(argv)
    return b" ".join(each if PLAIN.match(each) else _single(each) for each in words)


def _single(word: bytes) -> bytes:
    return b"'" + word.replace(b"'", b"'\"'\"'") + b"'"


def powershell(argv: tuple[str, ...]) -> str:
    """A command of PowerShell with exactly these arguments; all are literals, so `-Name` is one too.

    PowerShell takes typographic quotes for plain ones, and Windows PowerShell 5.1 passes double quotes on to programs
    without escaping them: those are refused.
    """
    for each in checked(argv):
        if b'"' in each:
            raise CannotAsk("missing", f"an argument of {argv[0]!r} holds a double quote, which Windows would split")
    return "& " + " ".join("'" + re.sub("(['\u2018-\u201b])", r"\1\1", each) + "'" for each in argv)
