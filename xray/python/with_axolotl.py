"""Rows by the collator that axolotl's builder builds from the training file of the rows."""
import base64
import io
import os
import sys
import tempfile
from types import SimpleNamespace

from spans import answer, one_by_one, spans_of

os.environ.update(AXOLOTL_DO_NOT_TRACK='1', DO_NOT_TRACK='1')

# For rows whose folder has no training file of axolotl's.
PLAIN = {
    'chat_template': 'tokenizer_default',
    'datasets': [{'path': '.', 'ds_type': 'parquet', 'type': 'chat_template'}],
    'micro_batch_size': 1,
    'gradient_accumulation_steps': 1,
    'learning_rate': 1e-5,
    'skip_prepare_dataset': True,
    'remove_unused_columns': False,
    'sample_packing': False,
}


def settings_of(request, out):
    from axolotl.cli.config import load_cfg
    from axolotl.utils.dict import DictDefault

    file = os.path.join(request['folder'], 'sft.yaml')
    is_theirs = os.path.exists(file) and 'base_model' in request['settings']
    given = {'base_model': request['model'], 'bf16': False, 'output_dir': out}
    if request.get('template'):
        given.update(chat_template='jinja', chat_template_jinja=request['template'])
    if not is_theirs:
        return load_cfg(DictDefault({**PLAIN, 'processor_type': 'AutoProcessor', **given}))
    os.chdir(request['folder'])
    return load_cfg(file, **given)


def collator_of(settings, tokenizer, processor):
    from axolotl.core.builders import HFCausalTrainerBuilder
    from axolotl.utils.chat_templates import get_chat_template_from_config

    # Of the model and of the trainer's arguments a collator reads no more than this.
    model = SimpleNamespace(config=SimpleNamespace(model_type=settings.model_config_type))
    builder = HFCausalTrainerBuilder(settings, model, tokenizer, processor)
    named = {name: settings[name] for name in ('sample_packing', 'image_size', 'image_resize_algorithm')}
    template = get_chat_template_from_config(settings, tokenizer=tokenizer)
    return builder.build_collator(SimpleNamespace(pretraining=False, chat_template=template, **named))


def encode_all(request):
    from importlib.metadata import version

    from axolotl.loaders import load_processor, load_tokenizer
    from PIL import Image

    with tempfile.TemporaryDirectory() as out:
        settings = settings_of(request, out)
        tokenizer = load_tokenizer(settings)
        processor = load_processor(settings, tokenizer=tokenizer)
        collate = collator_of(settings, tokenizer, processor)

        def encode(row):
            fields = dict(row['fields'])
            if 'images' in fields:
                fields['images'] = [Image.open(io.BytesIO(base64.b64decode(each))) for each in row['pictures']]
            batch = collate([fields])
            ids, labels = (batch[name][0].tolist() for name in ('input_ids', 'labels'))
            return spans_of(ids, labels, tokenizer, processor.image_token)

        return {'version': version('axolotl'), 'rows': one_by_one(request['rows'], encode)}


answer(encode_all)
