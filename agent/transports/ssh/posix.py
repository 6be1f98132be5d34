"""A round of commands for a POSIX shell: one script, which the shell reads from its standard input.

The login shell, whatever it is, sees one fixed line; no value of ours ever passes through it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from agent.core.reach import CannotAsk
from agent.core.ssh import SUDO_KILLS, SUDO_SECONDS, Command
from agent.transports.ssh.quoting import posix

LINE = "exec /bin/sh -s"
MOST_STDIN = 64 * 1024

# COLUMNS would have ps, systemctl and dnf cut or break their lines.
# shouwang_say TEXT: what a command gets as standard input, which may be secret, so no program may have it among its
# arguments: where printf is one (mksh), by the shell's own print, which knows the same escapes.
# shouwang_run END LIMIT SECONDS GRACE STDIN ARGV...: runs ARGV, lets LIMIT bytes of its output through by head or tail,
# then tells its exit status behind the boundary, on both streams. 3: what the agent reads; 4: where the exit status is
# caught. GRACE: 0, or, where it needs root, for how many seconds after SECONDS sudo is left alive to end the command.
HEAD = b"""LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL PATH
unset COLUMNS
exec 3>&1
T= S=
timeout -k 1 2 true 3>&- >/dev/null 2>&1 && T='timeout -k'
[ "$(id -u 2>/dev/null)" = 0 ] || S='sudo -n --'
case "$(command -v printf) $(command -v print)" in
'printf '*) shouwang_say() { printf %b "$1"; } ;;
*' print') shouwang_say() { print -n -- "$1"; } ;;
*) shouwang_say() { echo 'this shell cannot hand over standard input unseen' >&2; } ;;
esac
shouwang_run() {
e=$1 l=$2 k= p= i=$5
g=1
[ "$4" = 0 ] || p=$S
[ -z "$p" ] || g=$4
[ -z "$T" ] || k="$T $g $3"
shift 5
s=$({ { if [ -n "$i" ]; then shouwang_say "$i" | $k $p "$@"; else $k $p "$@" </dev/null; fi 3>&- 4>&-; echo $? >&4; } |
"$e" -c "$l" >&3 3>&- 4>&-; } 4>&1 )
shouwang_tell "$s"
}
shouwang_tell() {
printf '\\n%s %s\\n' "$M" "$1"
printf '\\n%s\\n' "$M" >&2
}
"""


def script(commands: Sequence[Command], boundary: str, seconds: float) -> bytes:
    """What the shell reads. Each command's output ends with `boundary STATUS` in a line of its own; one such line comes
    before the first. No command outlives the `seconds` that the agent waits, where the host has timeout(1): sshd ends
    nothing with a connection."""
    lines = [f"M={boundary}".encode(), HEAD + b"shouwang_tell -"]
    for each in commands:
        # One byte more than is wanted says that there was more.
        end, time = "tail" if each.last else "head", math.ceil(min(each.seconds or seconds, seconds))
        grace = max(1, SUDO_SECONDS + SUDO_KILLS + 1 - time) if each.root else 0
        how = f"shouwang_run {end} {each.limit + 1} {time} {grace} ".encode()
        lines.append(how + _octal(each) + b" " + posix(each.argv))
    return b"\n".join([*lines, b"exit 0", b""])


def _octal(command: Command) -> bytes:
    """Standard input as an argument of printf %b, in which \\0ddd stands for a byte."""
    if len(command.stdin) > MOST_STDIN:
        raise CannotAsk("missing", f"{command.argv[0]}: more than {MOST_STDIN} bytes of standard input")
    return b"'" + b"".join(b"\\0%03o" % each for each in command.stdin) + b"'"
