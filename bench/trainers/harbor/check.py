"""Has Harbor's own models read the documents of atif/, and looks for the pictures that they name. Nothing is trained:
what is held of the loss is that only steps of the agent are marked for it. Harbor says that it wants Python 3.12; its
models run with 3.11, too."""
import json
import sys
from importlib.metadata import version
from pathlib import Path

from harbor.models.trajectories import Trajectory

schema_file = Path(__file__).parents[3] / "test/output/targets/atif.schema.json"


def without_words(schema, names=False):
    if isinstance(schema, list):
        return [without_words(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_words(value, key in ("properties", "$defs") and not names)
        for key, value in schema.items()
        if names or key not in ("title", "description", "default")
    }


def pictures_in(trajectory):
    for step in trajectory.steps:
        results = step.observation.results if step.observation else []
        for content in [step.message, *(result.content for result in results)]:
            if isinstance(content, list):
                yield from (part.source.path for part in content if part.type == "image")


def marks_agents_alone(trajectory):
    marked = [step.source for step in trajectory.steps if ((step.extra or {}).get("kindling") or {}).get("train")]
    return set(marked) <= {"agent"}


folder = Path(sys.argv[1]) / "atif"
assert without_words(Trajectory.model_json_schema()) == json.loads(schema_file.read_text()), schema_file
lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").split("\n") if line]
documents = [Trajectory.model_validate_json(line) for line in lines]
pictures = [folder / path for document in documents for path in pictures_in(document)]
found = {
    "target": "atif",
    "version": f"harbor {version('harbor')}",
    "rows": len(lines),
    "loaded": len(documents),
    "pictures": sum(path.is_file() for path in pictures),
    "trained_only_assistant": all(map(marks_agents_alone, documents)),
    "lost": sum(not path.is_file() for path in pictures),
    "stubbed": [],
}
print(json.dumps(found))
