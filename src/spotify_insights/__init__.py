"""Insights for Spotify: listening collected, counted and told back, every number true."""

from importlib.metadata import version

__version__ = version("spotify-insights")
