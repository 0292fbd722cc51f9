"""How long a function takes from a fresh interpreter to its first answer, and what it loads on the way."""
