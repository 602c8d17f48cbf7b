"""A model of Qwen2.5-VL's shape whose weights are drawn by lot: small enough to be trained by a processor."""
import json
import shutil

import torch
from transformers import AutoConfig, AutoModelForImageTextToText

TEXT = {
    'hidden_size': 64,
    'intermediate_size': 128,
    'num_hidden_layers': 2,
    'num_attention_heads': 4,
    'num_key_value_heads': 2,
    'max_position_embeddings': 4096,
    'rope_scaling': {'type': 'mrope', 'mrope_section': [2, 3, 3]},
    'rope_theta': 1000000.0,
}
VISION = {
    'depth': 2,
    'hidden_size': 64,
    'intermediate_size': 128,
    'num_heads': 4,
    'out_hidden_size': 64,
    'fullatt_block_indexes': [1],
}
PIXELS = 256 ** 2
NAME = "the model's weights: drawn by lot, two layers"


def tiny(processors, folder):
    """Writes the model into `folder` as `from_pretrained` reads it, with a processor that shows it small pictures."""
    shutil.copytree(processors / 'qwen2_5_vl', folder, dirs_exist_ok=True)
    changed(folder / 'config.json', text_config=TEXT, vision_config=VISION)
    size = {'shortest_edge': 56 ** 2, 'longest_edge': PIXELS}
    changed(folder / 'preprocessor_config.json', max_pixels=PIXELS, size=size)
    torch.manual_seed(0)
    AutoModelForImageTextToText.from_config(AutoConfig.from_pretrained(folder)).save_pretrained(folder)
    return folder


def changed(file, **values):
    file.write_text(json.dumps({**json.loads(file.read_text()), **values}))
