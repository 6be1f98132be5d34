"""Windows hosts as they answer a round of scripts by SSH.

powershell.py   a round as agent.transports.ssh sends it, taken apart, and the form of its answer
desk.py         what is plugged into a counter's computer
model.py        a counter's computer: what is so, and what follows as time passes
policy.py       how it is set up: accounts, passwords, firewall, what is not allowed to whom
scripts.py      what it says to each script, a table by name
"""
