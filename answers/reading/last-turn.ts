/** How ChatML opens a turn of the model's, and what is left of that where control tokens were dropped. */
const openings = ['<|im_start|>assistant\n', '\nassistant\n']

/** What may stand behind a turn: its end and the padding. */
const ending = /(?:<\|[a-z_]+\|>\n?)+$/

/** What came back from a tool: no turn of the model's own holds it. */
const cameBack = /<\|im_start\|>|<\/?tool_response>/

/**
 * The model's last turn in the text of a rollout as trainers decode it, with the control tokens of ChatML or without.
 * Null where the rollout ends in what came back from a tool. A text that opens no turn is one.
 */
export function lastTurn(rollout: string): string | null {
  const opening = openings.find(each => rollout.includes(each))
  const turn = opening ? rollout.slice(rollout.lastIndexOf(opening) + opening.length) : rollout
  return cameBack.test(turn) ? null : turn.trimEnd().replace(ending, '')
}
