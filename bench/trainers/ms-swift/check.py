"""ms-swift: its command's own arguments over `sft.yaml`, its loader with `strict`, its template and its collator."""
import json
import os
import sys
from pathlib import Path

export, processors = map(Path, sys.argv[1:3])
hub = Path(os.environ['HF_HOME'])
os.environ.update(USE_HF='1', MODELSCOPE_CACHE=str(hub))

import swift
from swift.arguments import SftArguments
from swift.cli.main import parse_yaml_args
from swift.model import get_processor
from swift.utils import parse_args
from told import Tally, written

with_tools = (Path(__file__).parents[3] / 'output/inlined/inlined-tools.md').read_text().rstrip()


def meant(row):
    """The turns that the template `hermes` is to write: calls at once are one turn, and so is what they gave."""
    turns = []
    for said in row['messages']:
        role, text = said['role'], said['content']
        if role == 'system' and row['tools']:
            tools = '\n'.join(json.dumps(tool, ensure_ascii=False) for tool in row['tools'])
            text = with_tools.replace('{{system}}', text).replace('{{tools}}', tools)
        if role == 'tool_call':
            text = f'<tool_call>\n{json.dumps(json.loads(text), ensure_ascii=False)}\n</tool_call>'
        if role == 'tool_response':
            text = f'<tool_response>\n{text}\n</tool_response>'
        name = {'tool_call': 'assistant', 'tool_response': 'user'}.get(role, role)
        if turns and turns[-1][0] == name:
            between = '' if turns[-1][1].endswith('</think>\n\n') else '\n'
            turns[-1] = (name, turns[-1][1] + between + text)
        else:
            turns.append((name, text))
    return turns


def check(family, name, target, command):
    os.chdir(export / target)
    hub.mkdir(parents=True, exist_ok=True)
    model = hub / name
    if not model.exists():
        model.symlink_to(processors / family)
    parse_yaml_args(command)
    here = {'model': model, 'load_from_cache_file': 'false', 'use_cpu': 'true', 'output_dir': hub}
    given = [word for name, value in here.items() for word in (f'--{name}', str(value))]
    settings, _ = parse_args(SftArguments, [*command, *given])
    rows, _ = settings.load_dataset()
    template = settings.get_template(get_processor(str(model)))
    template.set_mode('train')
    tally = Tally(f'{target} ({family})', f'ms-swift {swift.__version__}', written('train'))
    for row in rows:
        turns = meant({'tools': None, **row})
        try:
            batch = template.data_collator([template.encode(dict(row))])
        except Exception as error:
            tally.refuse(error)
            continue
        tally.judge(template.tokenizer, batch, turns)
    tally.tell()


check('qwen2_5_vl', 'Qwen2.5-VL-7B-Instruct', 'ms_swift', ['sft.yaml'])
check('qwen3_vl', 'Qwen3-VL-8B-Instruct', 'ms_swift', ['sft.yaml'])
check('qwen2_5_vl', 'Qwen2.5-VL-7B-Instruct', 'sharegpt', ['--dataset', 'train', '--strict', 'true'])
