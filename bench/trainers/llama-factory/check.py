"""LLaMA-Factory: `kindling.yaml` read by its own parser, rows by its `get_dataset`, batches by its collator. Where
DEEPEYES names a checkout of DeepEyesV2, `deepeyes_sft` is read by the training file of that, too."""

import json
import os
import re
import sys
from importlib.metadata import version
from pathlib import Path

os.environ["DISABLE_VERSION_CHECK"] = "1"

import pyarrow.dataset
import yaml
from llamafactory.data import SFTDataCollatorWith4DAttentionMask, get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer

export, processors = map(Path, sys.argv[1:])
END = "<|im_end|>\n"
PICTURE = re.compile(r"<\|vision_start\|>((?:<\|image_pad\|>)+)<\|vision_end\|>")
CALL = re.compile(r"<tool_call>\n(.*?)\n</tool_call>", re.S)


def settings_of(target, file):
    """Those of a training file. Another one than the target's own is only told which data set to take."""
    own = yaml.safe_load((export / target / "kindling.yaml").read_text())
    if file is None:
        return own
    settings = yaml.safe_load(file.read_text())
    del settings["deepspeed"]
    return {**settings, "dataset": own["dataset"]}


def batches(target, family, settings):
    """Each row of the trainer's data set, and its batch of one."""
    here = {"dataset_dir": str(export / target), "model_name_or_path": str(processors / family)}
    machine = {"bf16": False, "use_cpu": True, "overwrite_cache": True, "output_dir": "trained"}
    model, data, training, _, _ = get_train_args({**settings, **here, **machine})
    loaded = load_tokenizer(model)
    rendered = get_template_and_fix_tokenizer(loaded["tokenizer"], data)
    rows = get_dataset(rendered, model, data, training, stage="sft", **loaded)["train_dataset"]
    collate = SFTDataCollatorWith4DAttentionMask(
        template=rendered, model=None, pad_to_multiple_of=8, label_pad_token_id=-100, **loaded
    )
    # The collator itself appends a picture, which no token sees, to a row without one.
    return loaded["tokenizer"], [(row, collate([dict(row)])) for row in rows]


def messages(row):
    """Role and text of each message, in one spelling for both targets."""
    names = {"human": "user", "gpt": "assistant", "function_call": "call", "observation": "user"}
    said = row.get("conversations") or row["messages"]
    pairs = [(one.get("from") or one["role"], one.get("value") or one["content"]) for one in said]
    return [(names.get(role, role), text) for role, text in pairs if role != "system"]


def called(text):
    """A call's text before it, and the calls."""
    thought, calls = re.fullmatch(r"(<think>\n.*?\n</think>\n\n)?(.*)", text, re.S).groups()
    calls = json.loads(calls)
    return thought or "", calls if isinstance(calls, list) else [calls]


def is_said(trained, role, text):
    if role == "assistant":
        return trained == text
    thought, calls = called(text)
    return trained.startswith(thought) and [json.loads(call) for call in CALL.findall(trained)] == calls


def trained_pieces(tokenizer, labels):
    """The texts that the loss is on: runs of labels, cut where a turn ends."""
    return tokenizer.decode([label for label in labels if label != -100]).split(END)[:-1]


def check(target, family, template, file=None):
    settings = {**settings_of(target, file), "template": template}
    tokenizer, loaded = batches(target, family, settings)
    written = pyarrow.dataset.dataset(export / target / "train").to_table().to_pylist()
    found = {"pictures": 0, "lost": 0, "trained_only_assistant": len(loaded) == len(written)}
    lengths = []
    for meant, (row, batch) in zip(written, loaded):
        said = messages(meant)
        text = tokenizer.decode(row["input_ids"])
        lengths.append(len(row["input_ids"]))
        pads = [len(run) // len("<|image_pad|>") for run in PICTURE.findall(text)]
        grids = batch["image_grid_thw"].tolist() if meant["images"] else []
        fits = pads == [t * h * w // 4 for t, h, w in grids] and len(pads) == len(meant["images"])
        found["pictures"] += len(pads) if fits else 0
        trained = trained_pieces(tokenizer, batch["labels"][0].tolist())
        answers = [pair for pair in said if pair[0] != "user"]
        if len(trained) != len(answers) or not all(is_said(one, *pair) for one, pair in zip(trained, answers)):
            found["trained_only_assistant"] = False
        shown = PICTURE.sub("<image>", text)
        if not fits or not all(part in shown for role, part in said if role == "user") or not text.endswith(END):
            found["lost"] += 1
    print(f"{target} {template}: longest {max(lengths)}, cutoff {settings['cutoff_len']}", file=sys.stderr)
    return {
        "target": f"{target} ({template})" if file is None else f"{target} by {file.name}",
        "version": f"LLaMA-Factory {version('llamafactory')}",
        "rows": len(written),
        "loaded": len(loaded),
        **found,
        "stubbed": ["torchaudio", "torchvision's operators", "model weights (not loaded)"],
    }


checks = [
    ("llamafactory", "qwen2_5_vl", "qwen2_vl"),
    ("llamafactory", "qwen3_vl", "qwen3_vl"),
    ("sharegpt", "qwen2_5_vl", "qwen2_vl"),
    ("deepeyes_sft", "qwen2_5_vl", "qwen2_vl"),
]
if fork := os.environ.get("DEEPEYES"):
    training = "cold_start/examples/deepeyesv2/qwen2_5vl_full_sft_final_100k.yaml"
    checks.append(("deepeyes_sft", "qwen2_5_vl", "qwen2_vl", Path(fork) / training))
for given in checks:
    print(json.dumps(check(*given)), flush=True)
