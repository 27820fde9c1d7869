"""The web: API and pages over the same features."""
