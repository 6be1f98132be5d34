"""A round of commands for PowerShell behind OpenSSH for Windows, whether the login shell is that or cmd.

What is sent works in ConstrainedLanguage mode too (AppLocker, WDAC): there only core types have methods, of which
[regex] is one, and [Console], [Convert] and [scriptblock] are none. What comes back is ASCII, whatever the code page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.core.reach import CannotAsk
from agent.core.ssh import Command
from agent.transports.ssh.quoting import powershell

# Without -OutputFormat a PowerShell whose streams are pipes may write its errors as CLIXML.
LINE = "powershell -NoLogo -NoProfile -NonInteractive -OutputFormat Text -Command -"
# Invoke-Script TEXT ARGUMENT...: runs TEXT, in which $given holds the arguments.
# shouwang LIMIT BLOCK: at most LIMIT characters of what the block gives; the exit status behind the boundary. What it
# complains of goes to standard error where that can be written to: only of scripts in full language.
HEAD = """$ErrorActionPreference='Continue';$ProgressPreference='SilentlyContinue'
$full=[string]$ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'
function Invoke-Script($text){$given=@($args);Invoke-Expression $text}
function say($t){if($full){[Console]::Out.Write("$t`n")}else{$t}}
function tell($s){say "`n$M $s";if($full){[Console]::Error.Write("`n$M`n")}}
function shouwang($l,$b){$global:LASTEXITCODE=0;$s=0;$o=''
try{if($full){$o=(& $b 2>&1|ForEach-Object{if($_ -is [Management.Automation.ErrorRecord]){$s=1
[Console]::Error.WriteLine("$_")}else{$_}}|Out-String -Width 4096)}else{$o=(& $b 2>$null|Out-String -Width 4096)}}
catch{$s=1;if($full){[Console]::Error.WriteLine("$_")}}
if($LASTEXITCODE){$s=$LASTEXITCODE}
if($o.Length -gt $l){$o=$o.Substring(0,$l)};if($full){[Console]::Out.Write($o)}else{$o};tell $s}
tell '-'"""
ODD = re.compile(r"[^ -~]|[\\']")


def script(commands: Sequence[Command], boundary: str, seconds: float) -> bytes:
    """As agent.transports.ssh.posix.script. One line of ASCII: PowerShell reads its standard input in the console's
    encoding, and line by line."""
    for each in commands:
        if each.stdin or each.root or each.last:
            raise CannotAsk("missing", f"{each.argv[0]}: on Windows there is no standard input, no sudo, no last bytes")
    lines = [f"$M='{boundary}'", HEAD]
    lines += [f"shouwang {each.limit + 1} {{{powershell(each.argv)}}}" for each in commands]
    return f"Invoke-Expression ([regex]::Unescape('{escaped(chr(10).join(lines))}'))\r\nexit\r\n".encode("ascii")


def escaped(text: str) -> str:
    r"""For a literal between single quotes, from which Regex.Unescape makes this text again."""
    return ODD.sub(lambda found: _escape(found[0]), text)


def _escape(sign: str) -> str:
    r"""A backslash and a quote are doubled, for Unescape and for PowerShell; others become \uXXXX, by UTF-16 units; a
    byte that is no text (PEP 383) becomes a question mark, as no name on Windows holds one."""
    if sign in "\\'":
        return sign * 2
    units = sign.encode("utf-16-be", "replace")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
