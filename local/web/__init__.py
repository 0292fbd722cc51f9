"""Serves the built page on one machine, with the headers that the template gives it on AWS."""
