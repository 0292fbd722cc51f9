"""One thing the product does, a file each. They are told the time and the randomness."""
