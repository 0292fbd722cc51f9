"""What the models of datamodel-code-generator take jobs for: `python generated_models.py FOLDER`, jobs on its input.

The test makes `models.py` in the folder.
"""

import json
import sys

[folder] = sys.argv[1:]
sys.path.insert(0, folder)

from models import JobView  # type: ignore[import-not-found]  # noqa: E402

told = []
for job in json.load(sys.stdin):
    parsed = JobView.model_validate(job).root
    told.append({"kind": type(parsed).__name__, **parsed.model_dump(mode="json")})
sys.stdout.write(json.dumps(told))
