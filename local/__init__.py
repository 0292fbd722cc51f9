"""Everything that runs the product on one machine: emulator, identity, provider, demo.

Nothing of the product depends on it.
"""
