import type { Reply } from '../../schemas/trajectory.ts'
import type { Batching, BatchResult, Teacher } from '../teacher.ts'

/** How models mark thoughts in their text. `alone`: where the end comes without a beginning, the template began. */
interface Mark {
  begins: string
  ends: string
  alone: boolean
  /** What else of the model's format stands around its answer. */
  around?: RegExp
}

const tag = (name: string): Mark => ({
  begins: `<\\s*${name}(?:\\s[^<>]*)?>`,
  ends: `<\\s*/\\s*${name}\\s*>`,
  alone: true,
})

/** Of DeepSeek, Qwen, GLM and most others; further families; and those that prompts for reasoning ask for. */
const tagNames = [
  ...['think', 'thinking', 'thought', 'thoughts', 'seed:think', 'mm:think', 'antml:thinking'],
  ...['reasoning', 'reflection', 'scratchpad', 'internal_monologue'],
]

/** A model that marks its thoughts otherwise is another row. */
const marks: readonly Mark[] = [
  ...tagNames.map(tag),
  // Mistral; Kimi; OpenThinker; Cohere.
  { begins: '\\[THINK\\]', ends: '\\[/THINK\\]', alone: true },
  { begins: '◁think▷', ends: '◁/think▷', alone: true },
  {
    begins: '<\\|begin_of_thought\\|>',
    ends: '<\\|end_of_thought\\|>',
    alone: true,
    around: /<\|(begin|end)_of_solution\|>/g,
  },
  {
    begins: '<\\|START_THINKING\\|>',
    ends: '<\\|END_THINKING\\|>',
    alone: true,
    around: /<\|(START|END)_RESPONSE\|>/g,
  },
  // gpt-oss, and where a server leaves its control tokens out; Gemma.
  {
    begins: '(?:<\\|start\\|>assistant)?<\\|channel\\|>analysis<\\|message\\|>',
    ends: '<\\|end\\|>',
    alone: false,
    around: /(<\|start\|>assistant)?<\|channel\|>final<\|message\|>|<\|(return|end)\|>/g,
  },
  { begins: '^\\s*analysis(?=[\\s\\S]*assistantfinal)', ends: 'assistantfinal', alone: false },
  { begins: '<\\|channel>thought', ends: '<channel\\|>', alone: true },
]

const patterns = marks.map(mark => ({
  ...mark,
  pattern: new RegExp(`(?<begins>${mark.begins})|(?<ends>${mark.ends})`, 'gi'),
}))

/** Most texts hold no mark at all: to know that by one look is quicker than by one for each. */
const anyMark = new RegExp(marks.flatMap(({ begins, ends }) => [begins, ends]).join('|'), 'i')

/** A text without the thoughts in it, and these: closed, begun by the template, or never closed. */
export function withoutThoughts(whole: string): { text: string; thoughts: string[] } {
  if (!anyMark.test(whole)) return { text: whole, thoughts: [] }
  let text = whole
  const thoughts: string[] = []
  for (const mark of patterns) {
    const parted = partedBy(mark, text)
    if (parted.thoughts.length === 0) continue
    text = mark.around ? parted.text.replace(mark.around, '') : parted.text
    thoughts.push(...parted.thoughts)
  }
  return thoughts.length === 0 ? { text, thoughts } : { text: text.trim(), thoughts }
}

function partedBy({ pattern, alone }: { pattern: RegExp; alone: boolean }, whole: string) {
  const thoughts: string[] = []
  let [text, from, inside] = ['', 0, false]
  for (const { index, groups, 0: mark } of whole.matchAll(pattern)) {
    const begins = groups?.begins !== undefined
    const piece = whole.slice(from, index)
    if (inside) thoughts.push(piece)
    else if (!begins && alone) thoughts.push(text + piece)
    if (!inside) text = begins ? text + piece : alone ? '' : text + piece + mark
    inside = begins
    from = index + mark.length
  }
  const rest = whole.slice(from)
  if (inside) thoughts.push(rest)
  return { text: inside ? text : text + rest, thoughts }
}

/** Whether a text holds what a model only thought. Nobody is trained on that: it may not be licensed for it. */
export const holdsThoughts = (text: string): boolean => withoutThoughts(text).thoughts.length > 0

/** The reply with the thoughts that its server left in the text among its reasoning. `raw` stays as it came. */
function lifted(reply: Reply): Reply {
  const { text, thoughts } = withoutThoughts(reply.text)
  if (thoughts.length === 0) return reply
  const reasoning = [reply.reasoning ?? '', ...thoughts].map(thought => thought.trim()).filter(Boolean)
  return { ...reply, text, reasoning: reasoning.join('\n') || null }
}

/** The teacher with its thoughts apart, wherever its server leaves them; `verbatim` has them where they stand. */
export const apart = (teacher: Teacher): Teacher => ({
  ...teacher,
  ask: async (request, signal) => lifted(await teacher.ask(request, signal)),
  ...(teacher.endpoints && { endpoints: teacher.endpoints.map(apart) }),
  ...(teacher.batch && { batch: batchApart(teacher.batch) }),
  verbatim: teacher,
})

const batchApart = (batch: Batching): Batching => ({
  ...batch,
  async poll(ref, signal, kinds) {
    const state = await batch.poll(ref, signal, kinds)
    return state.done ? { ...state, results: resultsApart(state.results) } : state
  },
})

async function* resultsApart(results: AsyncIterable<BatchResult>): AsyncGenerator<BatchResult> {
  for await (const result of results)
    yield 'reply' in result ? { ...result, reply: lifted(result.reply) } : result
}
