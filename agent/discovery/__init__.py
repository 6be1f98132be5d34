"""Discovery: which devices answer in a network, as ready entries of agent.yaml; and one new device taken in as a whole.

    networks   which addresses a network has, and which networks are too large
    scan       asks them, slowly, by ping and by SNMP
    kinds, makers
               what kind of device it is that answers
    entries    what answered as entries of agent.yaml
    edit       an entry put into a file that a person wrote, comments and all
    assets, baseline, files
               what else a new device brings, and how all of it gets onto the disk or none

What is known of devices is told from outside: `Recognise`, which the command line makes of the collectors' profiles.
"""
