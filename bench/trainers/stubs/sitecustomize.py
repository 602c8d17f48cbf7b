"""Runs before any check: where torchvision was built for graphics cards and torch was not, torchvision cannot load what
is compiled of it and fails as a whole. Its operators (of object detection, which no processor uses) are named here
without a body, and PIL decodes pictures in place of its own decoder."""

import importlib.util
import io
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
        stub_decoder()


def stub_decoder():
    import torchvision.io
    from PIL import Image
    from torchvision.transforms.functional import pil_to_tensor

    def decode_image(encoded, mode):
        picture = encoded if isinstance(encoded, str) else io.BytesIO(encoded.numpy().tobytes())
        return pil_to_tensor(Image.open(picture).convert(mode.name))

    torchvision.io.decode_image = decode_image


if importlib.util.find_spec("torchvision") and importlib.util.find_spec("torch"):
    stub_operators()
