"""The API, one noun per module."""
