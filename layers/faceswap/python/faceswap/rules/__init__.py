"""Decisions without effects: values in, values out. Time, ids and randomness are passed in."""
