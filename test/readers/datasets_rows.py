"""Prints as JSON what Hugging Face datasets makes of a dataset folder: python datasets_rows.py FOLDER CONFIG SPLIT"""
import hashlib
import json
import sys

import datasets
from PIL import Image


def plain(value):
    if isinstance(value, Image.Image):
        value.load()
        return {"size": list(value.size), "mode": value.mode}
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


folder, config, split = sys.argv[1:]
loaded = datasets.load_dataset(folder, config, split=split)
raw = [{"images": [dict(image) for image in row]} for row in loaded.data.table.column("images").to_pylist()]
print(
    json.dumps(
        {
            "version": datasets.__version__,
            "features": {name: str(feature) for name, feature in loaded.features.items()},
            "rows": [plain(row) for row in loaded],
            "stored": plain(raw),
        }
    )
)
