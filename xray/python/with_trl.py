"""Rows by TRL's own collator for vision-language models, with the processor of a model's folder."""
import base64
import io

from spans import answer, one_by_one, spans_of


def encode_all(request):
    from PIL import Image
    from transformers import AutoProcessor
    import trl
    from trl.chat_template_utils import get_training_chat_template
    from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

    processor = AutoProcessor.from_pretrained(request['model'], local_files_only=True)
    if request.get('template'):
        processor.chat_template = request['template']

    only_assistant = request['settings'].get('assistant_only_loss') is True
    marked = get_training_chat_template(processor) if only_assistant else None

    def encode(row):
        fields = {name: row['fields'][name] for name in ('messages', 'prompt', 'completion') if name in row['fields']}
        pictures = [Image.open(io.BytesIO(base64.b64decode(each))).convert('RGB') for each in row['pictures']]
        collator = DataCollatorForVisionLanguageModeling(
            processor,
            max_length=request.get('cutoff'),
            completion_only_loss='prompt' in fields,
            assistant_only_loss=only_assistant and 'messages' in fields,
            chat_template=marked,
        )
        batch = collator([{**fields, 'images': pictures}])
        mask = batch['attention_mask'][0].bool()
        ids, labels = batch['input_ids'][0][mask].tolist(), batch['labels'][0][mask].tolist()
        return spans_of(ids, labels, processor.tokenizer, processor.image_token)

    return {'version': trl.__version__, 'rows': one_by_one(request['rows'], encode)}


answer(encode_all)
