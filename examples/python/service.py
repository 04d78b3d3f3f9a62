"""How a service converts what its users hand in, and answers for it: service.py FOLDER...

Each answer is one line of JSON.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import litecast


def answer(folder: str) -> dict[str, Any]:
    """What to tell a user whose model lies in the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            model = litecast.convert(folder, Path(scratch) / "model.tflite", progress=False)
        except litecast.ConversionError as error:
            problems = [
                {"op": each.op, "why": each.reason, "layers": each.places, "remedy": each.remedy}
                for each in error.diagnostics
            ]
            return {"status": "not convertible", "problems": problems}
        except (litecast.UsageError, litecast.MalformedInput) as error:
            return {"status": "not a model", "why": str(error)}
        except litecast.IoError as error:
            return {"status": "try again", "why": str(error)}
        return {"status": "done", "bytes": model.size, "warnings": model.report.warnings}


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(json.dumps(answer(argument)))
