"""Backups: is the newest copy there in time, whole and of the usual size, and are the old ones kept?"""

from collectors.backup import check, job, offsite, restore, store
from collectors.backup.options import SECTION, BackupOptions

__all__ = ["COLLECTORS", "SECTION", "BackupOptions"]

COLLECTORS = (job.COLLECTOR, check.COLLECTOR, offsite.COLLECTOR, store.COLLECTOR, restore.COLLECTOR)
