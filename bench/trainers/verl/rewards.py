"""verl: Hydra over its own config and `grpo.yaml`, the data set, the tools and the reward manager of its trainer."""
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

pool, processors, run = (Path(given).absolute() for given in sys.argv[1:4])
here = Path('verl_rl').absolute()
shutil.rmtree(here, ignore_errors=True)
shutil.copytree(pool / 'verl_rl', here)
os.chdir(here)
os.environ['PWD'] = str(here)
tools = here / 'tools.yaml'
tools.write_text(tools.read_text().replace('FILL.IN', 'unplayed.Tool'))

import torch
from hydra import compose, initialize_config_dir
from rollouts import Rewarded, decided, planted
from told import written
from verl import DataProto
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import create_rl_dataset
from verl.utils import hf_processor, hf_tokenizer
from verl.utils.dataset.rl_dataset import collate_fn

family = processors / 'qwen3_vl'
files = ','.join(map(str, sorted(here.glob('data/*.parquet'))))
given = [f'actor_rollout_ref.model.path={family}', f'data.train_files=[{files}]', f'data.val_files=[{files}]']
with initialize_config_dir(config_dir=str(here), version_base=None):
    config = compose('grpo', given)
tokenizer, processor = hf_tokenizer(str(family)), hf_processor(str(family))
rows = create_rl_dataset(config.data.train_files, config.data, tokenizer, processor)
manager = load_reward_manager(config, tokenizer)
found = Rewarded('verl_rl', f'verl {version("verl")}', written('data'), stubbed=['the student: rollouts are given'])
items = [rows[index] for index in range(len(rows))]
for item in items:
    asked = item['raw_prompt']
    text = processor.apply_chat_template(asked, tools=rows.tool_schemas, add_generation_prompt=True, tokenize=False)
    assert all(f'"name": "{name}"' in text for name in item['extra_info']['tool_selection'])
    shown = [part['image'] for message in asked for part in message['content'] if part['type'] == 'image']
    made = processor(text=[text], images=shown or None)
    found.load(made['input_ids'][0], made.get('image_grid_thw', []), processor.image_token_id)
tasks = {item['extra_info']['id']: item for item in items}


def reward(rollout):
    ids = torch.tensor([tokenizer.encode(rollout.text())])
    of_row = collate_fn([tasks[rollout.task]])
    said = {'prompts': torch.ones(1, 1, dtype=torch.long), 'responses': ids}
    mask = {'attention_mask': torch.ones(1, 1 + ids.shape[1], dtype=torch.long)}
    data = DataProto.from_single_dict({**of_row, **said, **mask})
    return manager.loop.run_until_complete(manager.run_single(data))['reward_score']


made_up = [one for name, item in tasks.items() for one in planted(name, item['reward_model']['ground_truth'])]
found.judge([*decided(run), *made_up], reward)
found.tell()
