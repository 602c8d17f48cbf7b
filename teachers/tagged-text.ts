import { isObject, parseJson } from '../schemas/json.ts'

/**
 * What one turn does by the student's contract; a `mistake` says in words for the teacher how it breaks the contract.
 */
export type TurnAct =
  | { kind: 'code'; code: string }
  | { kind: 'call'; name: string; arguments: string }
  | { kind: 'answer'; answer: string }
  | { kind: 'mistake'; message: string }
  | { kind: 'nothing' }

interface TaggedTurn {
  /** What stands between the think tags, and any prose between them and the block. */
  thought: string
  said: TurnAct
}

/** Where the server is to stop, so that no model goes on and makes up what comes back. */
export const stopStrings = ['</code>', '</tool_call>'] as const

/**
 * Read one turn of DeepEyesV2's contract (arXiv 2511.05271, appendix A.8): a thought, then one block of code, one tool
 * call or the answer. Stricter than its own parser: a tag inside the thought or inside code is text, and several blocks
 * are a mistake instead of the last one counting. It never throws.
 */
export function parseTagged(text: string): TaggedTurn {
  const { thought, body, closed } = split(text)
  const blocks = blocksIn(body)
  const prose = blocks[0] ? body.slice(0, blocks[0].from) : body
  const said = closed ? saidBy(blocks) : anyTag.test(thought) ? openThought : nothing
  return {
    thought: [thought, prose]
      .map(part => part.trim())
      .filter(Boolean)
      .join('\n'),
    said,
  }
}

/** The text with the stop string that a server cut off its end. */
export function withStop(text: string): string {
  const last = blocksIn(split(text).body).at(-1)
  return last && !last.closed && last.tag !== 'answer' ? `${text}</${last.tag}>` : text
}

const anyTag = /<(code|tool_call|answer)>/
const nothing: TurnAct = { kind: 'nothing' }
const mistake = (message: string): TurnAct => ({ kind: 'mistake', message })
const openThought = mistake(
  'Your thought does not end: close it with </think> before the one block of code, tool call or answer, and do not write their tags inside it.',
)

/** A turn that ends a thought without beginning one goes on from a `<think>` that the server put there. */
function split(text: string) {
  const start = /^\s*<think>/.exec(text)?.[0].length ?? 0
  const end = text.indexOf('</think>', start)
  if (end !== -1) return { thought: text.slice(start, end), body: text.slice(end + 8), closed: true }
  return start > 0
    ? { thought: text.slice(start), body: '', closed: false }
    : { thought: '', body: text, closed: true }
}

interface Block {
  tag: 'code' | 'tool_call' | 'answer'
  /** Where its tag begins. */
  from: number
  content: string
  closed: boolean
}

function blocksIn(body: string): Block[] {
  const blocks: Block[] = []
  const opening = new RegExp(anyTag, 'g')
  for (let match = opening.exec(body); match; match = opening.exec(body)) {
    const tag = match[1] as Block['tag']
    const start = opening.lastIndex
    const end = endOf(body, tag, start)
    blocks.push({ tag, from: match.index, content: body.slice(start, end?.from), closed: end !== undefined })
    if (!end) break
    opening.lastIndex = end.to
  }
  return blocks
}

/** The end tag; of fenced code the one behind the closing fence, since the code itself may print tags. */
function endOf(body: string, tag: Block['tag'], start: number) {
  const fenced =
    tag === 'code' ? /^\s*```[^\n]*\n([\s\S]*?\n)??```\s*(?=<\/code>)/.exec(body.slice(start)) : null
  const from = body.indexOf(`</${tag}>`, start + (fenced?.[0].length ?? 0))
  return from === -1 ? undefined : { from, to: from + tag.length + 3 }
}

function saidBy(blocks: readonly Block[]): TurnAct {
  const [block] = blocks
  if (!block) return nothing
  if (blocks.length > 1)
    return mistake(
      `Your turn has ${blocks.length} blocks: write exactly one block of code, one tool call or one answer, and then wait for what comes back. None of them was run.`,
    )
  if (!block.closed) return mistake(`Your turn has <${block.tag}> without </${block.tag}>.`)
  if (block.tag === 'answer') return { kind: 'answer', answer: block.content.trim() }
  return block.tag === 'code' ? codeIn(block.content) : callIn(block.content)
}

function codeIn(content: string): TurnAct {
  const code = /^```python[ \t]*\n(?:([\s\S]*)\n)?```$/.exec(content.trim())?.[1]
  if (code !== undefined && !/^```/m.test(code)) return { kind: 'code', code }
  return mistake(
    'Your code was not run: between <code> and </code> there must be one block that begins with ```python and ends with ```, and the text </code> must not stand in it.',
  )
}

/** Text that is no JSON stays as it was written; the error appears when the call is made. */
function callIn(content: string): TurnAct {
  const value = parseJson(content)
  if (value === undefined) {
    const name = /"name"\s*:\s*"([^"\\]*)"/.exec(content)?.[1]
    return name === undefined ? notOneObject : { kind: 'call', name, arguments: content.trim() }
  }
  if (!isObject(value) || typeof value.name !== 'string') return notOneObject
  const given = 'arguments' in value ? JSON.stringify(value.arguments) : '{}'
  return { kind: 'call', name: value.name, arguments: given }
}

const notOneObject = mistake(
  'Your tool call must be one JSON object with the name of the tool, and its arguments if it has any.',
)
