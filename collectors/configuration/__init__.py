"""Configurations of network devices: read over SSH, normalised, secrets masked, put on record, compared with what was
approved and with what is saved on the device, judged by what the checklist demands."""

from collectors.configuration.hardening.collector import COLLECTOR as HARDENING
from collectors.configuration.reading import COLLECTOR as READING
from collectors.configuration.stored import COLLECTOR as STORED

COLLECTORS = (READING, STORED, HARDENING)
