"""Prints as JSON what Hugging Face datasets makes of each config of a dataset folder: python datasets_rows.py FOLDER"""
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


def read(split):
    return {
        "features": {name: str(feature) for name, feature in split.features.items()},
        "rows": [plain(row) for row in split],
        "stored": plain(split.data.table.column("images").to_pylist()) if "images" in split.features else None,
    }


(folder,) = sys.argv[1:]
names = datasets.get_dataset_config_names(folder)
loaded = {name: datasets.load_dataset(folder, name) for name in names}
print(json.dumps({name: {key: read(split) for key, split in splits.items()} for name, splits in loaded.items()}))
