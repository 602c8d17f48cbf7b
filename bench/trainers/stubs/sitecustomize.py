"""Runs before any check: where torchvision was built for graphics cards and torch was not, torchvision cannot load its
own operators (of object detection, which no processor uses) and fails as a whole. They are named here without a body."""

import importlib.util
import os

OPERATORS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def stub_operators():
    import torch

    library = importlib.util.find_spec("torchvision").submodule_search_locations[0]
    try:
        torch.ops.load_library(os.path.join(library, "_C.so"))
    except OSError:
        named = torch.library.Library("torchvision", "DEF")
        for name, schema in OPERATORS.items():
            named.define(name + schema)
        torch.torchvision_operators = named  # Undefined again where nobody holds it.


if importlib.util.find_spec("torchvision") and importlib.util.find_spec("torch"):
    stub_operators()
