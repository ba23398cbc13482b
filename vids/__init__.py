"""vids: a signature-based IDS/IPS for virtual networks."""

from vids.version import __version__

__all__ = ["__version__"]
