"""What the sample's layer brings."""

GREETING_FROM_LAYER = "from the layer"
