"""Configurations of network devices: read over SSH, normalised, secrets masked, put on record, compared with what was
approved and with what is saved on the device."""

from collectors.configuration.reading import COLLECTOR as READING
from collectors.configuration.stored import COLLECTOR as STORED

COLLECTORS = (READING, STORED)
