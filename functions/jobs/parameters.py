"""How parameters of a query are read."""


def digits(value: object) -> object:
    """An integer as it may be written: digits only. Raises ValueError."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("must be an integer")
    return value
