"""Linux hosts as they answer a round of commands by SSH.

model.py      a host: what is so, and what follows as time passes
proc.py       what its kernel says in /proc and /sys
etc.py        what stands in its other files
programs.py   what its programs say, a table by name
software.py   what the software on it says: processes, free space, a database
files.py      what programs say of the files that it really has
rounds.py     a round as agent.transports.ssh sends it, and its answer

Those with Windows: windows/
"""
