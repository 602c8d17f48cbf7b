"""What a trainer's own code made of a row, held against what the row says. For templates of Qwen's family."""
import json
import re
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow.parquet as parquet

BEGIN, END, PAD = '<|im_start|>', '<|im_end|>', '<|image_pad|>'
PICTURE = re.compile(rf'<\|vision_start\|>((?:{re.escape(PAD)})+)<\|vision_end\|>')


def written(shards):
    """Rows in a folder of shards."""
    return sum(parquet.read_metadata(file).num_rows for file in Path(shards).iterdir())


def typed(messages):
    """Role and text of messages with typed parts."""
    return [(one['role'], ''.join(part['text'] or '<image>' for part in one['content'])) for one in messages]


@dataclass
class Tally:
    """A row of the table of `main.ts`."""
    target: str
    version: str
    rows: int
    stubbed: list = field(default_factory=list)
    loaded: int = 0
    pictures: int = 0
    lost: int = 0
    trained_only_assistant: bool = True

    def judge(self, tokenizer, batch, messages):
        """A batch of one. `messages` are pairs of role and text, with `<image>` for each picture."""
        self.loaded += 1
        ids, labels = (batch[name][0].tolist() for name in ('input_ids', 'labels'))
        text = tokenizer.decode(ids)
        pads = [len(run) // len(PAD) for run in PICTURE.findall(text)]
        grids = batch['image_grid_thw'].tolist() if batch.get('image_grid_thw') is not None else []
        fits = pads == [t * h * w // 4 for t, h, w in grids] and len(pads) == pictures(messages)
        self.pictures += len(pads) if fits else 0
        read = turns(PICTURE.sub('<image>', text))[-len(messages):]
        if not fits or read != messages:
            self.lost += 1
            self.note('read', read, messages)
        trained = [text.strip('\n') for text in tokenizer.decode([one for one in labels if one != -100]).split(END)]
        said = [*(text for role, text in messages if role == 'assistant'), '']
        if trained != said:
            self.trained_only_assistant = False
            self.note('trained', trained, said)

    def refuse(self, error):
        """A row that the trainer did not take."""
        self.note('refused', [f'{type(error).__name__}: {error}'], [])

    def note(self, what, found, meant):
        pairs = zip(found, meant)
        place = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(found), len(meant)))
        here = slice(place, place + 1)
        print(f'{self.target}: {what} {found[here]!r:.999} where {meant[here]!r:.999} was meant', file=sys.stderr)

    def tell(self):
        print(json.dumps(asdict(self)), flush=True)


def pictures(messages):
    return sum(text.count('<image>') for _, text in messages)


def turns(text):
    """Role and text of each turn; a template may put a turn of the system's own in front."""
    pieces = [piece.split(END)[0] for piece in text.split(BEGIN)[1:]]
    return [tuple(piece.split('\n', 1)) for piece in pieces]
