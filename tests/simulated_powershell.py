"""What `powershell -Command -` of a Windows host would say, for the scripts of a round: a command for a real sshd.

It takes the round apart as agent.transports.ssh.windows writes it, and answers each script by its name: with the JSON
of FOLDER/NAME.json, in base64 as the script's `give` would, or with the complaint of FOLDER/NAME.error. It runs
nothing.
"""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

WHOLE = re.compile(rb"FromBase64String\('([^']*)'\)")
MARK = re.compile(r"\$M='([0-9a-f]+)'")
BLOCK = re.compile(r"^shouwang (\d+) \{& 'Invoke-Expression' '((?:[^']|'')*)'\}$", re.MULTILINE)
NAME = re.compile(r"<#shouwang ([a-z_]+)#>")
LINE = 2000


def main(folder: Path) -> None:
    sent = WHOLE.search(sys.stdin.buffer.readline())
    assert sent is not None, "no script came"
    script = base64.b64decode(sent[1]).decode()
    mark = MARK.search(script)
    assert mark is not None, "the script has no boundary"
    told(mark[1], "-")
    for limit, text in BLOCK.findall(script):
        name = NAME.search(text.replace("''", "'"))
        status = answered(folder, name[1] if name else "?", int(limit))
        told(mark[1], str(status))


def answered(folder: Path, name: str, limit: int) -> int:
    with (folder / "asked").open("a") as asked:
        asked.write(f"{name}\n")
    error, document = folder / f"{name}.error", folder / f"{name}.json"
    if error.exists():
        sys.stderr.write(error.read_text("utf-8") + "\r\n")
        return 1
    if not document.exists():
        return 0
    given = base64.b64encode(document.read_bytes()).decode()
    lines = [given[at : at + LINE] for at in range(0, len(given), LINE)]
    sys.stdout.write("\r\n".join([*lines, ""])[:limit])
    return 0


def told(mark: str, status: str) -> None:
    sys.stdout.write(f"\n{mark} {status}\n")
    sys.stderr.write(f"\n{mark}\n")


main(Path(sys.argv[1]))
