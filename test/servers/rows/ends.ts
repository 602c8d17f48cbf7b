import { always, ended, rowsOf, solved, whole } from '../replying.ts'
import { completion, message, messageText, response, responseText } from '../wires.ts'

// How a reply may end. Only an end that a model chose can be an answer.

const says = 'Both halves together are the width.\n<answer>8</answer>'
const chat = (finish: unknown) =>
  always('chat', JSON.stringify(finish) ?? 'none', whole(completion({ content: says }, finish)))
const messages = (stop: unknown) =>
  always('messages', JSON.stringify(stop) ?? 'none', whole(message([messageText(says)], stop)))
const responses = (reason: string) =>
  always(
    'responses',
    reason,
    whole(response([responseText(says)], { status: 'incomplete', incomplete_details: { reason } })),
  )

export const rows = [
  ...rowsOf('an end that a model chose', { ...solved, calls: 1 }, [
    ...['stop', 'STOP', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'COMPLETE'].map(chat),
    ...['end_turn', 'stop_sequence', 'stop'].map(messages),
  ]),
  ...rowsOf('an end that no model chose is no answer', ended('broken'), [
    ...[null, undefined, '', 'unknown', 'FINISH_REASON_UNSPECIFIED', 7, {}, '__proto__'].map(chat),
    ...[null, 'odd'].map(messages),
    responses('odd'),
  ]),
  ...rowsOf('calls that are said and do not come are a broken reply', ended('broken'), [
    ...['tool_calls', 'tool_use', 'function_call'].map(chat),
    messages('tool_use'),
    always(
      'chat',
      'tool_calls, and calls that are texts',
      whole(completion({ content: says, tool_calls: ['python'] }, 'tool_calls')),
    ),
  ]),
  ...rowsOf('a reply that was cut', ended('length'), [
    ...['length', 'max_tokens', 'MAX_TOKENS', 'model_length', 'max_output_tokens'].map(chat),
    ...['max_tokens', 'model_context_window_exceeded', 'length'].map(messages),
    responses('max_output_tokens'),
  ]),
  ...rowsOf('a reply that was filtered', ended('content_filter'), [
    ...[
      'content_filter',
      'SAFETY',
      'RECITATION',
      'PROHIBITED_CONTENT',
      'sensitive',
      'guardrail_intervened',
    ].map(chat),
    messages('content_filter'),
    responses('content_filter'),
  ]),
  ...rowsOf('a refusal', ended('refusal'), [
    chat('refusal'),
    messages('refusal'),
    always(
      'chat',
      'as a part',
      whole(completion({ content: [{ type: 'refusal', refusal: 'No.' }] }, 'stop')),
    ),
  ]),
  ...rowsOf('a call that its provider could not read', ended('malformed_call'), [
    ...['MALFORMED_FUNCTION_CALL', 'malformed_function_call', 'UNEXPECTED_TOOL_CALL'].map(chat),
    messages('malformed_tool_use'),
  ]),
]
