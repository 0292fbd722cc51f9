"""The HTTP side of the jobs function."""

import callback_routes
import job_routes
import upload_routes
from faceswap.api import resolver

app = resolver()
app.include_router(upload_routes.router)
app.include_router(job_routes.router)
app.include_router(callback_routes.router)
