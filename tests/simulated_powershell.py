"""What `powershell -Command -` of a Windows host would say, for the scripts of a round: a command for a real sshd.

It takes the round apart as agent.transports.ssh.windows writes it, and answers each script by its name: with
FOLDER/NAME.json, in ASCII as the script's `give` would, with the complaint of FOLDER/NAME.error, or with
FOLDER/NAME.raw as it is. What each script was given stands in FOLDER/asked, a line of JSON each. It runs nothing.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

WHOLE = re.compile(r"Invoke-Expression \(\[regex\]::Unescape\('((?:[^']|'')*)'\)\)\r\n")
ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")
MARK = re.compile(r"\$M='([0-9a-f]+)'")
BLOCK = re.compile(r"^shouwang (\d+) \{& 'Invoke-Script'((?: '(?:[^']|'')*')+)\}$", re.MULTILINE)
WORD = re.compile(r" '((?:[^']|'')*)'")
NAME = re.compile(r"<#shouwang ([a-z_]+)#>")
LINE = 76


def unescaped(text: str) -> str:
    """As Regex.Unescape, of what stood between single quotes; \\uXXXX are UTF-16 units."""
    found = ESCAPE.sub(lambda each: chr(int(each[1], 16)) if each[1] else each[2], text.replace("''", "'"))
    return found.encode("utf-16", "surrogatepass").decode("utf-16")


def arguments(words: str) -> list[str]:
    """What stands between single quotes; PowerShell takes the typographic ones for the same, each doubled."""
    return [re.sub("(['\u2018-\u201b])\\1", r"\1", each) for each in WORD.findall(words)]


def main(folder: Path) -> None:
    sent = WHOLE.fullmatch(sys.stdin.buffer.readline().decode("ascii"))
    assert sent is not None, "no script came"
    script = unescaped(sent[1])
    mark = MARK.search(script)
    assert mark is not None, "the script has no boundary"
    told(mark[1], "-")
    for limit, words in BLOCK.findall(script):
        text, *given = arguments(words)
        told(mark[1], str(answered(folder, NAME.findall(text)[0], given, int(limit))))


def answered(folder: Path, name: str, given: list[str], limit: int) -> int:
    with (folder / "asked").open("a") as asked:
        asked.write(json.dumps([name, *given]) + "\n")
    error, raw, document = (folder / f"{name}.{kind}" for kind in ("error", "raw", "json"))
    if error.exists():
        sys.stderr.buffer.write(error.read_bytes() + b"\r\n")
        return 1
    if raw.exists():
        sys.stdout.buffer.write(raw.read_bytes()[:limit])
    elif document.exists():
        said = json.dumps(json.loads(document.read_text("utf-8")), separators=(",", ":")).replace(" ", "\\u0020")
        lines = [said[at : at + LINE] for at in range(0, len(said), LINE)]
        sys.stdout.write("\r\n".join([*lines, ""])[:limit])
    return 0


def told(mark: str, status: str) -> None:
    sys.stdout.write(f"\n{mark} {status}\n")
    sys.stdout.flush()
    sys.stderr.write(f"\n{mark}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
