"""The swap engine: a classical, mesh-based face swap on the processor alone, for demos, tests and previews.

What others may use: `swapping.swap`, and what it raises (`errors`), gives (`report`) and draws (`sheet`). The
README beside this file shows the way of the data through the modules.
"""

import os

# Read by OpenCV when it is loaded, so it stands before everything that loads it.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "40000000")
