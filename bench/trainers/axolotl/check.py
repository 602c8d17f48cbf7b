"""axolotl: its own reading of `sft.yaml`, its loader, and the collator that its trainer's builder builds."""
import os
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

export, processors = map(Path, sys.argv[1:3])
os.environ.update(AXOLOTL_DO_NOT_TRACK='1', DO_NOT_TRACK='1')
os.chdir(export / 'axolotl')

from axolotl.cli.config import load_cfg
from axolotl.core.builders import HFCausalTrainerBuilder
from axolotl.loaders import load_processor, load_tokenizer
from axolotl.utils.chat_templates import get_chat_template_from_config
from axolotl.utils.data import prepare_datasets
from told import Tally, typed, written


def collator(settings, family, tokenizer, processor):
    model = SimpleNamespace(config=SimpleNamespace(model_type=family))
    builder = HFCausalTrainerBuilder(settings, model, tokenizer, processor)
    named = {name: settings[name] for name in ('sample_packing', 'image_size', 'image_resize_algorithm')}
    template = get_chat_template_from_config(settings, tokenizer=tokenizer)
    return builder.build_collator(SimpleNamespace(pretraining=False, chat_template=template, **named))


def check(family):
    here = {'base_model': str(processors / family), 'bf16': False, 'output_dir': os.environ['HF_HOME']}
    settings = load_cfg('sft.yaml', **here)
    tokenizer = load_tokenizer(settings)
    processor = load_processor(settings, tokenizer=tokenizer)
    rows, *_ = prepare_datasets(settings, tokenizer, processor=processor)
    collate = collator(settings, family, tokenizer, processor)
    stubbed = ['the model and what of its settings no collator reads', "torchvision's operators and decoder (PIL's)"]
    tally = Tally(f'axolotl ({family})', f'axolotl {version("axolotl")}', written('train'), stubbed)
    for row in rows:
        try:
            batch = collate([row])
        except Exception as error:
            tally.refuse(error)
            continue
        tally.judge(tokenizer, batch, typed(row['messages']))
    tally.tell()


for family in ('qwen2_5_vl', 'qwen3_vl'):
    check(family)
