"""The command lines of switches, as far as they show configurations.

styles.py         families: how each prompts, pages and refuses
terminal.py       a session
surroundings.py   what of a centre stands in every switch's configuration
vrp.py, comware.py, texts.py   configurations, from what a switch is now
"""
