"""The backups of the centre: which jobs there are, what their copies hold, and the files that stand for them on disk.

jobs.py      the jobs, a table
contents.py  what a copy holds: dumps and archives that real programs read
copies.py    which copies there are now, and what a fault made of the newest
"""
