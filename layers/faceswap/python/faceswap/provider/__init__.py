"""Providers of swaps. Each vendor has a folder of its own, which turns its messages into the neutral `rules.reply`."""
