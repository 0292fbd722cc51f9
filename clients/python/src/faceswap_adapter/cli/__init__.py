"""The command `faceswap`."""
