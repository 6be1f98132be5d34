"""Trying connections on a Windows host, by .NET's sockets in PowerShell 5.1 or later. Nothing is sent by TCP.

The script is a constant, what is tried are its arguments. Where AppLocker or WDAC let PowerShell have no .NET
(constrained language) nothing is tried, and that is said. Test-NetConnection would run there: it takes twenty seconds
for one silent port, pings as well, and calls a name that it cannot resolve shut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent.core.ssh import Command
from collectors.host.windows.script import FULL, script, text
from collectors.isolation.discovery import DISCOVERY
from collectors.isolation.outcome import Outcome, Places, arguments, coded

# $given: seconds, then address and port of each. Windows asks a port that refuses three times, half a second apart: no
# answer is believed before two seconds.
BODY = """if([string]$ExecutionContext.SessionState.LanguageMode -ne 'FULL'){throw 'no sockets'}
$ask=[byte[]]@(QUESTION)
$end=[DateTime]::UtcNow.AddSeconds([int]$given[0])
function code($e){while($e.InnerException){$e=$e.InnerException}
if($e -is [Net.Sockets.SocketException]){[string]$e.ErrorCode}else{'failed'}}
$tries=@(for($i=1;$i -lt $given.Count;$i+=2){$to=$given[$i];$port=[int]$given[$i+1]
$t=@{code='silent';udp=($port -eq 161)}
$family=[Net.Sockets.AddressFamily]::InterNetwork
if($to.Contains(':')){$family=[Net.Sockets.AddressFamily]::InterNetworkV6}
try{if($t.udp){$t.socket=[Net.Sockets.UdpClient]::new($family);$t.socket.Connect($to,$port)
[void]$t.socket.Send($ask,$ask.Length);$t.wait=$t.socket.BeginReceive($null,$null)}
else{$t.socket=[Net.Sockets.TcpClient]::new($family);$t.wait=$t.socket.BeginConnect($to,$port,$null,$null)}}
catch{$t.code=code $_.Exception}
$t})
foreach($t in $tries){if($t.wait){$left=[int][Math]::Max(0,($end-[DateTime]::UtcNow).TotalMilliseconds)
if($t.wait.AsyncWaitHandle.WaitOne($left)){
try{if($t.udp){$from=[Net.IPEndPoint]::new([Net.IPAddress]::Any,0);[void]$t.socket.EndReceive($t.wait,[ref]$from)}
else{$t.socket.EndConnect($t.wait)}
$t.code='open'}catch{$t.code=code $_.Exception}}}
if($t.socket){$t.socket.Close()}}
give @{codes=(@($tries|ForEach-Object{$_.code}) -join ' ')}""".replace("FULL", FULL, 1).replace(
    "QUESTION", ",".join(map(str, DISCOVERY))
)
SLACK = 10.0  # seconds that PowerShell may take to start


def asking(places: Places, seconds: float) -> Command:
    """All of these at once, within so many seconds (whole ones)."""
    return replace(script("isolation", BODY, f"{seconds:.0f}", *arguments(places)), seconds=seconds + SLACK)


def outcomes(facts: Mapping[str, Any], count: int) -> list[Outcome]:
    """In the order of the question; what was not told is failed."""
    told = [coded(each) for each in text(facts, "codes", 16 * count).split()]
    missing: list[Outcome] = ["failed"] * (count - len(told))
    return told[:count] + missing
