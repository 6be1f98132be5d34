"""The six-area checklist. The table of its area files, in the order of the printed sheet."""

AREAS = (
    "physical_environment",
    "network_platform",
    "host_management",
    "application_platform",
    "policies",
    "information_backup",
    "responsibility",
    "emergency_response",
)
