"""Near-duplicates by datatrove's MinHash, as its documentation shows it; prints what it cost as JSON."""

import gzip
import json
import os
import resource
import sys
import time

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.hashing import HashConfig

folder = sys.argv[1]


def at(name):
    return os.path.join(folder, name)


config = MinhashConfig(
    hash_config=HashConfig(hash_fc="sha1", precision=64), n_grams=5, num_buckets=14, hashes_per_bucket=8
)
reader = JsonlReader(folder, glob_pattern="texts.jsonl")
steps = [
    [reader, MinhashDedupSignature(output_folder=at("signatures"), config=config, language="eng")],
    [MinhashDedupBuckets(at("signatures"), at("buckets"), config=config)],
    [MinhashDedupCluster(at("buckets"), at("remove"), config=config)],
    [reader, MinhashDedupFilter(at("remove")), JsonlWriter(at("kept"))],
]


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


began, spent = time.monotonic(), cpu()
for number, pipeline in enumerate(steps):
    tasks = config.num_buckets if number == 1 else 1
    LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=at(f"logs{number}")).run()
kept = 0
for name in os.listdir(at("kept")):
    with gzip.open(os.path.join(at("kept"), name), "rt") as lines:
        kept += sum(1 for _ in lines)
print(json.dumps({"cpu": cpu() - spent, "wall": time.monotonic() - began, "kept": kept}))
