"""Rows by LLaMA-Factory's own converter, template and supervised processor, with the entry of `dataset_info.json`."""
import base64
import json
import os

from spans import answer, one_by_one, spans_of

os.environ.setdefault('DISABLE_VERSION_CHECK', '1')

TEMPLATES = {'qwen2_5_vl': 'qwen2_vl', 'qwen3_vl': 'qwen3_vl'}
UNCUT = 1_000_000


def encode_all(request):
    from llamafactory.data import get_template_and_fix_tokenizer
    from llamafactory.data.converter import get_dataset_converter
    from llamafactory.data.parser import get_dataset_list
    from llamafactory.data.processor import SupervisedDatasetProcessor
    from llamafactory.extras.env import VERSION
    from llamafactory.hparams import DataArguments, ModelArguments
    from llamafactory.model.patcher import patch_processor, patch_tokenizer
    from transformers import AutoProcessor, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(request['model'], local_files_only=True)
    processor = AutoProcessor.from_pretrained(request['model'], local_files_only=True)
    model = ModelArguments(model_name_or_path=request['model'])
    with open(os.path.join(request['folder'], 'dataset_info.json'), encoding='utf8') as file:
        name = next(iter(json.load(file)))
    data = DataArguments(
        dataset=name,
        dataset_dir=request['folder'],
        template=TEMPLATES[request['family']],
        cutoff_len=request.get('cutoff') or UNCUT,
    )
    patch_tokenizer(tokenizer, model)
    patch_processor(processor, tokenizer, model)
    template = get_template_and_fix_tokenizer(tokenizer, data)
    (entry,) = get_dataset_list(data.dataset, data.dataset_dir)
    convert = get_dataset_converter(entry.formatting, entry, data)
    supervised = SupervisedDatasetProcessor(template=template, tokenizer=tokenizer, processor=processor, data_args=data)

    def encode(row):
        pictures = [{'bytes': base64.b64decode(each), 'path': None} for each in row['pictures']]
        converted = convert({**row['fields'], 'images': pictures})
        encoded = supervised.preprocess_dataset({name: [value] for name, value in converted.items()})
        if not encoded.get('input_ids'):
            raise ValueError('the row is skipped with a line in the log')
        return spans_of(encoded['input_ids'][0], encoded['labels'][0], tokenizer, template.mm_plugin.image_token)

    return {'version': VERSION, 'rows': one_by_one(request['rows'], encode)}


answer(encode_all)
