"""Many jobs at once through the whole stack, with a provider that misbehaves and an AWS that fails; then the books.

`plan` what is run · `load` runs it · `books` compares what is left · `report` tells.
"""
