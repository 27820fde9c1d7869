"""Spotify's Web API and accounts service, read and never written to."""
