"""The command line of network devices over SSH, with netmiko on our own connection. Each file has one idea: families
(what is typed, and what comes back), screen, pipe, conversation, failures, way. docs/configurations.md says how it
behaves."""

from agent.transports.console.way import ConsoleWay

__all__ = ["ConsoleWay"]
