"""Print what is wrong with the resources of a YAML file, by the schemas of a version of Kubernetes."""

import json
import sys
import kubernetes_validate
import yaml

path, version = sys.argv[1:]
faults = []
for resource in yaml.safe_load_all(open(path, encoding="utf-8")):
    try:
        kubernetes_validate.validate(resource, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        faults.append(f"{'.'.join(str(part) for part in error.path)}: {error.message}")
print(json.dumps(faults))
