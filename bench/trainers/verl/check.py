"""verl: Hydra over its own config and `sft.yaml`, the data set and the collator of its trainer."""
import os
import sys
from importlib.metadata import version
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])
os.chdir(export / 'verl_sft')

import pyarrow.parquet as parquet
from hydra import compose, initialize_config_dir
from told import Tally, written
from torch import where
from verl.trainer.sft_trainer import create_sft_dataset
from verl.utils import hf_processor, hf_tokenizer
from verl.utils.dataset.dataset_utils import SFTTensorCollator


def batch_of(collate, row):
    """A batch of one, with a mask in the form of labels."""
    batch = collate([row])
    ids, mask = (batch[name].values() for name in ('input_ids', 'loss_mask'))
    seen = row.get('multi_modal_inputs', {}).get('image_grid_thw')
    return {'input_ids': ids[None], 'labels': where(mask.bool(), ids, -100)[None], 'image_grid_thw': seen}


def check(family):
    with initialize_config_dir(config_dir=os.getcwd(), version_base=None):
        config = compose('sft', [f'model.path={processors / family}'])
    tokenizer, processor = hf_tokenizer(config.model.path), hf_processor(config.model.path)
    rows = create_sft_dataset(config.data.train_files, config.data, tokenizer, processor)
    collate = SFTTensorCollator(config.data.pad_mode)
    tally = Tally(f'verl_sft ({family})', f'verl {version("verl")}', written('train'))
    meant = parquet.read_table('train', columns=['messages'])['messages'].to_pylist()
    for index, messages in enumerate(meant):
        try:
            batch = batch_of(collate, rows[index])
        except Exception as error:
            tally.refuse(error)
            continue
        tally.judge(tokenizer, batch, [(one['role'], one['content']) for one in messages])
    tally.tell()


for family in ('qwen2_5_vl', 'qwen3_vl'):
    check(family)
