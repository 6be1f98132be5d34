"""The six-area checklist. The table of its area files, in the order of the printed sheet."""

AREAS = ("network_platform", "host_management")
