"""How far back recordings of a video recorder go: by ONVIF or by Hikvision's ISAPI. Nothing is played."""

from collectors.recordings.collect import COLLECTOR

__all__ = ["COLLECTOR"]
