"""Wiring: stores, provider and use cases out of the settings, a line a part; one container for each function."""
