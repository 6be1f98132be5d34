"""Incident playbooks: what opens an incident, what it means, what people do then. The table of the shipped files."""

PLAYBOOKS = ("IR-04", "IR-11", "IR-12", "IR-14", "IR-15", "IR-18", "IR-19", "IR-20", "IR-21", "IR-26")
