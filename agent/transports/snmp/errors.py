"""What goes wrong with a reply."""

from __future__ import annotations


class DecodeError(ValueError):
    """The bytes are not what they should be. The only error that decoding raises, whatever the bytes."""
