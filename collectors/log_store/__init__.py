"""The central log store: which devices write into it, how new and how old their records are, and what is missing."""

from collectors.log_store.collect import COLLECTOR
from collectors.log_store.options import SECTION, LogStoreOptions

__all__ = ["COLLECTOR", "SECTION", "LogStoreOptions"]
