"""Prints as JSON whether the card of a dataset folder says what its Parquet says: python datasets_card.py FOLDER"""
import json
import sys

import datasets

datasets.disable_progress_bars()
(folder,) = sys.argv[1:]


def stored(split):
    return split.data.table.column("images").to_pylist()


def inner(feature):
    """What a list holds; none is its own."""
    return feature[0] if isinstance(feature, list) else getattr(feature, "feature", feature)


def shape(feature):
    """The same for the two spellings of a list that older versions know."""
    if isinstance(feature, list) or hasattr(feature, "feature"):
        return [shape(feature[0] if isinstance(feature, list) else feature.feature)]
    return {key: shape(each) for key, each in feature.items()} if isinstance(feature, dict) else str(feature)


def compared(name):
    ((split, read),) = datasets.load_dataset(folder, name).items()
    files = datasets.load_dataset_builder(folder, name).config.data_files[split]
    alone = datasets.load_dataset("parquet", data_files=list(files))["train"]
    shown = "images" in read.features and hasattr(inner(read.features["images"]), "decode")
    mapped = read.map(lambda row: {"images": row["images"]}) if shown else read
    return {
        "features": shape(dict(read.features)),
        "inFile": shape(dict(alone.features)),
        "decode": inner(read.features["images"]).decode if shown else False,
        "untouched": not shown or stored(mapped) == stored(read),
        "memory": read.data.nbytes,
        "said": datasets.load_dataset_builder(folder, name).info.dataset_size,
    }


print(json.dumps({name: compared(name) for name in datasets.get_dataset_config_names(folder)}))
