"""Prints as JSON the YAML header of a dataset card: python yaml_header.py FILE"""
import json
import sys

import yaml

_, header, _ = open(sys.argv[1], encoding="utf-8").read().split("---\n", 2)
print(json.dumps(yaml.safe_load(header)))
