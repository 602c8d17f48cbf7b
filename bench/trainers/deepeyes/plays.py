"""DeepEyesV2 (github.com/Visual-Agent/DeepEyesV2), whose code is read from the checkout that DEEPEYES names.
`deepeyes_rl` is read by the data set of its fork of verl, its environment opens every row and makes the image searches
that the row offers, and its reward function judges a right and a wrong answer. Every turn of `deepeyes_sft` is put to
that environment, as if the student had said it: it has to run the same code and to answer as the row says."""
import ast
import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

export, processors, fork = (Path(given).resolve() for given in (*sys.argv[1:3], os.environ['DEEPEYES']))
sys.path.insert(0, str(fork / 'reinforcement_learning'))

import pyarrow.dataset
from services import Services
from told import written

services = Services()
os.environ.update(LLM_AS_A_JUDGE_BASE=services.judge, NO_PROXY='127.0.0.1')


def place_of_environment():
    """The environment takes searches and its judge's prompt from paths that begin in the working directory."""
    data = Path('place/data/search_cache').resolve()
    working = Path('place/1/2/3/4/5/6').resolve()
    for folder in (data, working):
        folder.mkdir(parents=True, exist_ok=True)
    cache = shutil.copy(export / 'deepeyes_rl' / 'fvqa_train_image_search_results_cache.json', data)
    convert = [sys.executable, fork / 'reinforcement_learning/cache_convert.py', '--input_json_path', cache]
    subprocess.run([*convert, '--data_path', export / 'deepeyes_rl'], check=True)
    shutil.copy(fork / 'reinforcement_learning/verl/utils/reward_score/verify_prompt.md', working)
    os.chdir(working)


place_of_environment()
head = ['git', '-C', fork, 'rev-parse', '--short=7', 'HEAD']
commit = subprocess.run(head, capture_output=True, text=True).stdout.strip()

from omegaconf import OmegaConf
from transformers import AutoProcessor, AutoTokenizer
from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn
from verl.utils.reward_score import default_compute_score
from verl.workers.agent.envs.deepeyesv2.deepeyesv2 import DeepEyesV2_ENV
from verl.workers.agent.tool_envs import ToolBase

DeepEyesV2_ENV.code_sandbox_url = services.sandbox

CELL = r'Code execution result:\nstdout:\n```\n(.*)\n```\n\nstderr:\n```\n(.*)\n```(?:\n\nImages:\n(?:<image>)+)?'
MADE = re.compile(CELL, re.S)
FOUND = re.compile(r'<tool_response>\n(.*)\n</tool_response>', re.S)
NEXT = '<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n<think>'


def told(target, **found):
    version = f'DeepEyesV2 {commit or "without a commit"}'
    print(json.dumps({'target': target, 'version': version, **found}), flush=True)


def prompts():
    """Settings as examples/deepeyesv2/run_qwen2_5_vl-7b_final_allin.sh has them."""
    model = processors / 'qwen2_5_vl'
    shards = sorted(map(str, (export / 'deepeyes_rl/data').iterdir()))
    data = {'max_prompt_length': 8192, 'return_raw_chat': True, 'filter_overlong_prompts': True, 'truncation': 'error'}
    config = OmegaConf.create({**data, 'image_key': 'images', 'cache_dir': 'cache'})
    return RLHFDataset(shards, AutoTokenizer.from_pretrained(model), config, AutoProcessor.from_pretrained(model))


def opened(row):
    """The environment of a row, whose Python has its first picture."""
    environment = ToolBase.create(row['env_name'])
    about = {name: row[name] for name in ('raw_prompt', 'multi_modal_data', 'origin_multi_modal_data', 'extra_info')}
    environment.reset(**about)
    session = {}
    exec(services.code, session)
    assert session['image_1'].size == row['origin_multi_modal_data']['image'][0].size
    return environment


def searches(environment, row):
    """Whether the image search that is offered finds pictures; None where none is offered."""
    if 'image_search' not in str(row['raw_prompt'][0]['content']):
        return None
    seen, _, done, _ = environment.execute('It is a flag.</think>\n<tool_call>{"name": "image_search"}</tool_call>')
    return not done and len(seen['multi_modal_data']['image']) > 0


def score(row, answer):
    truth = row['reward_model']['ground_truth']
    said = f'So it is.</think>\n<answer>{answer}</answer>'
    return default_compute_score(row['data_source'], said, truth, row['extra_info'])['score']


def pictures_of(row, pad):
    grids = row['multi_modal_inputs']['image_grid_thw'].prod(-1) // 4
    return len(grids) if int((row['input_ids'] == pad).sum()) == int(grids.sum()) else 0


def play_prompts():
    rows = prompts()
    pad = rows.processor.tokenizer.convert_tokens_to_ids('<|image_pad|>')
    loaded = [rows[index] for index in range(len(rows))]
    collate_fn(loaded)
    found = [searches(opened(row), row) for row in loaded]
    right = [score(row, row['reward_model']['ground_truth']) == 1.0 for row in loaded]
    wrong = [score(row, 'none of them') == 0.2 for row in loaded]
    told(
        'deepeyes_rl',
        rows=written(export / 'deepeyes_rl/data'),
        loaded=len(loaded),
        pictures=sum(pictures_of(row, pad) for row in loaded),
        as_told={
            'image searches that are offered': counted([one for one in found if one is not None]),
            'rewards of right answers': counted(right),
            'rewards of wrong answers': counted(wrong),
        },
        stubbed=['the judge (equal texts are right)', 'the code sandbox (takes all code, runs none)'],
    )


def counted(found):
    return [found.count(True), len(found)]


def same_program(one, other):
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return one.strip() == other.strip()


def answer_for(said, pictures):
    """Gives the services what the row says came back."""
    images = [base64.b64encode(pictures.pop(0)['bytes']).decode() for _ in range(said.count('<image>'))]
    made, found = MADE.fullmatch(said), FOUND.fullmatch(said)
    if made:
        services.output = {'stdout': made[1], 'stderr': made[2], 'images': images}
    services.found = {'status': 'success', 'result': found and found[1], 'images': images}
    return len(images)


def plays(environment, said, then, pictures):
    """How many pictures a turn was answered with; None where the environment did anything else than the row says."""
    code = environment.extract_python_code(said)
    images = answer_for(then, pictures)
    seen, _, done, _ = environment.execute(said)
    text = seen['prompt'] if isinstance(seen, dict) else seen
    shown = len(seen['multi_modal_data']['image']) if isinstance(seen, dict) else 0
    same = code is None or same_program(code, services.code)
    if not done and same and text == NEXT.format(then) and shown == images:
        return shown
    print(f'deepeyes_sft: {said!r:.600} was answered {text!r:.600} where {then!r:.600} was meant', file=sys.stderr)
    return None


def ends(environment, said):
    """Whether the last turn is one that ends a row: its answer, or a call where the rest of it was cut off."""
    code = environment.extract_python_code(said)
    services.found = {'status': 'success', 'result': '', 'images': []}
    _, _, done, _ = environment.execute(said)
    called = not done and (code is None or same_program(code, services.code))
    right = done and bool(environment.extract_answer(said)) if '<answer>' in said else called
    if not right:
        print(f'deepeyes_sft: a row ends with {said!r:.600}', file=sys.stderr)
    return right


def play_row(row):
    """Which of its turns were played as it says, and how many pictures were shown."""
    environment = ToolBase.create('deepeyes_v2')
    environment.request_search = lambda *_: services.found
    environment.data_index = row['id']
    _, asked, *turns = [message['content'] for message in row['messages']]
    shown = asked.count('<image>')
    pictures = list(row['images'])[shown:]
    played = [plays(environment, said, then, pictures) for said, then in zip(turns[:-1:2], turns[1::2])]
    last = ends(environment, turns[-1]) and not pictures
    return [*(images is not None for images in played), last], shown + sum(filter(None, played))


def play_turns():
    rows = pyarrow.dataset.dataset(export / 'deepeyes_sft/train').to_table().to_pylist()
    played = [play_row(row) for row in rows]
    told(
        'deepeyes_sft',
        rows=len(rows),
        loaded=sum(all(turns) for turns, _ in played),
        pictures=sum(pictures for _, pictures in played),
        as_told={'turns': counted([turn for turns, _ in played for turn in turns])},
        stubbed=['the code sandbox and the searches (they give what the row says)'],
    )


play_prompts()
play_turns()
