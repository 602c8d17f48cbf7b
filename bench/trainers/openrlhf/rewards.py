"""OpenRLHF: what `grpo.sh` tells it, its loader and data set, and the executor that generates and asks for rewards."""
import asyncio
import json
import shlex
import sys
from argparse import Namespace
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

from openrlhf.datasets import PromptDataset
from openrlhf.datasets.utils import blending_datasets
from openrlhf.utils.agent import SingleTurnAgentExecutor
from openrlhf.utils.config import hierarchize
from openrlhf.utils.utils import get_tokenizer
from openrlhf.utils.vlm_utils import process_prompt_with_images
from rollouts import Rewarded, decided, planted
from told import written

pool, processors, run = (Path(given).absolute() for given in sys.argv[1:4])
folder = pool / 'openrlhf'


def settings():
    """The options of the command in `grpo.sh`; one without a value is a switch."""
    command = (folder / 'grpo.sh').read_text().replace('$PWD', str(folder)).replace('\\\n', ' ')
    words = shlex.split(command, comments=True)
    pairs = [(one, other) for one, other in zip(words, [*words[1:], '--']) if one.startswith('--')]
    return hierarchize(Namespace(**{one[2:]: True if other.startswith('--') else other for one, other in pairs}))


args = settings()
processor = get_tokenizer(str(processors / 'qwen3_vl'), None)
strategy = SimpleNamespace(args=args, is_rank_0=lambda: False, print=lambda *_: None)
prompts = PromptDataset(blending_datasets(args.data.prompt_dataset, strategy=strategy), processor, strategy)
executor = SingleTurnAgentExecutor(args.reward.remote_url)
stubbed = ['vLLM, Ray and DeepSpeed, which need a GPU: rollouts are given to the executor as what was generated']
found = Rewarded('openrlhf', f'OpenRLHF {version("openrlhf")}', written(folder / 'data'), stubbed=stubbed)
for _, prompt, _, images in prompts:
    assert '<tools>' in prompt
    ids, made, _ = process_prompt_with_images(processor, prompt, images)
    found.load(ids, made['image_grid_thw'].tolist() if made else [], processor.image_token_id)


class Given:
    """Stands where the executor asks vLLM: it says what a rollout said."""

    def __init__(self, rollout):
        self.rollout = rollout

    async def generate(self, *_, **__):
        ids = processor.tokenizer.encode(self.rollout.text())
        return SimpleNamespace(outputs=[SimpleNamespace(token_ids=ids, finish_reason='stop', logprobs=None)])


def reward(rollout):
    _, prompt, label, images = tasks[rollout.task]
    sampling = SimpleNamespace(max_tokens=None, logprobs=None)
    done = executor.execute(prompt, label, sampling, int(args.data.max_len), processor, Given(rollout), images)
    return asyncio.run(done)['reward']


names = blending_datasets(args.data.prompt_dataset, strategy=strategy)['id']
tasks = {name: prompts[index] for index, name in enumerate(names)}
made_up = [one for name, (_, _, label, _) in tasks.items() for one in planted(name, json.loads(label)['ground_truth'])]
found.judge([*decided(run), *made_up], reward)
found.tell()
