"""SSH for commands that only read, on paramiko in threads. Each file has one idea: quoting, posix and windows (a round
as a script), rounds; known_hosts, trusting; keys, login; wire, library, connection; route, opening, links, threads,
session, sftp_wire, sftp, way. docs/ssh.md says how it behaves."""

from agent.transports.ssh.links import Manners
from agent.transports.ssh.way import SshWay

__all__ = ["Manners", "SshWay"]
