"""AWS on one machine: a stock emulator, and the adaptation of the template that it needs.

Nothing here changes or imports the emulator; README.md says what is mended and how.
"""
