"""Runs a notebook over an export without a browser and prints as JSON what came of it: python run_notebook.py NOTEBOOK EXPORT"""
import json
import os
import sys
import tempfile

import nbformat
from nbclient import NotebookClient

notebook, export = sys.argv[1:]
home = tempfile.TemporaryDirectory()
for name in ["HOME", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR", "MPLCONFIGDIR"]:
    os.environ[name] = home.name
os.environ["KINDLING_EXPORT"] = os.path.abspath(export)
read = nbformat.read(notebook, as_version=4)
nbformat.validate(read)
stripped = all(not cell.get("outputs") and cell.get("execution_count") is None for cell in read.cells)
tell = "print('{' + ','.join(f'\"{n}\":' + a.to_json(orient='values') for n, a in answers.items()) + '}')"
read.cells.append(nbformat.v4.new_code_cell(tell))
NotebookClient(read, timeout=None, kernel_name="python3", resources={"metadata": {"path": home.name}}).execute()
outputs = [output for cell in read.cells for output in cell.get("outputs", [])]
print(json.dumps({
    "stripped": stripped,
    "answers": json.loads(read.cells[-1].outputs[0].text),
    "plots": sum("image/png" in output.get("data", {}) for output in outputs),
    "complaints": [output.text for output in outputs if output.get("name") == "stderr"],
}))
