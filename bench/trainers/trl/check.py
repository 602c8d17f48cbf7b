"""TRL: its command's own parser and loader over `sft.yaml`, its SFTTrainer around a tiny model, and its collator."""
import os
import sys
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])
os.chdir(export / 'trl')

import trl
from told import Tally, typed, written
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
from trl import DatasetMixtureConfig, ModelConfig, ScriptArguments, SFTConfig, SFTTrainer, TrlParser, get_dataset


def tiny(family):
    config = AutoConfig.from_pretrained(processors / family)
    text = dict(hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1)
    vision = dict(depth=1, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=16)
    for part, sizes in ((config.text_config, text), (config.vision_config, vision)):
        for name, size in sizes.items():
            setattr(part, name, size)
    return AutoModelForImageTextToText.from_config(config)


def check(family):
    parser = TrlParser((ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig))
    command = ['--config', 'sft.yaml', '--use_cpu', 'true', '--bf16', 'false', '--report_to', 'none']
    _, settings, _, sources = parser.parse_args_and_config(command)
    rows = get_dataset(sources)['train']
    processor = AutoProcessor.from_pretrained(processors / family)
    trainer = SFTTrainer(model=tiny(family), args=settings, train_dataset=rows, processing_class=processor)
    tally = Tally(f'trl ({family})', f'TRL {trl.__version__}', written('train'), ['a tiny model without weights'])
    for index in range(len(rows)):
        meant = typed(rows[index]['messages'])
        try:
            batch = trainer.data_collator([rows[index]])
        except Exception as error:
            tally.refuse(error)
            continue
        tally.judge(processor.tokenizer, batch, meant)
    tally.tell()


for family in ('qwen2_5_vl', 'qwen3_vl'):
    check(family)
