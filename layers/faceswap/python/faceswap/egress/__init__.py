"""The way out: exchanges with foreign addresses that end in time and within bounds, and the download of a result.

Used by the provider's client and by whoever reads or calls an address that somebody else named.
"""
