import type { Cell } from '../schemas/cell.ts'
import type { Image } from '../schemas/image.ts'
import type { Part } from '../schemas/task.ts'
import type { Observation, Results, ToolCall, ToolKind, ToolKinds, ToolSpec } from '../schemas/trajectory.ts'
import { type Guard, guard } from './markers.ts'
import { prompt } from './prompt.ts'
import { promptFor, twofold } from './twofold.ts'

// The words of the student of DeepEyesV2 (arXiv 2511.05271, appendix A.8; envs/deepeyesv2/prompt.py): what it is told,
// and how what came back is put to it. Its training rows and a teacher that is to imitate it read the same.

const system = twofold('deepeyes-system')
const search = prompt('deepeyes-search')
const question = prompt('deepeyes-question')
const others = prompt('deepeyes-tools')

/** sha256 of each prompt text used, by name. */
export const promptHashes = Object.fromEntries(
  [system, search, question].map(({ name, sha256 }) => [name, sha256]),
)

const tags = ['think', 'answer', 'code', 'tool_call', 'tool_response', 'tools']

/** Keeps texts of others from ending the student's turn, opening another, or passing for what came back. */
export const studentGuard = (): Guard => guard({ tags, special: true })

interface StudentTool {
  kind: ToolKind
  schema: { name: string; description: string; parameters?: object }
  example: string
}

/** The student's own search tools. */
const studentTools: StudentTool[] = [
  {
    kind: 'image_search',
    schema: {
      name: 'image_search',
      description:
        'Find pictures that look like the first image of the question. It takes no arguments and may be called once.',
    },
    example: '{"name": "image_search"}',
  },
  {
    kind: 'text_search',
    schema: {
      name: 'search',
      description: 'Find texts that fit a query.',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to look for.' } },
        required: ['query'],
      },
    },
    example: '{"name": "search", "arguments": {"query": "…"}}',
  },
]

/** What a tool of the student's is for; undefined where it has none of that name. */
export const studentKind = (name: string): ToolKind | undefined =>
  studentTools.find(({ schema }) => schema.name === name)?.kind

/** How the student asks for a search of this kind. */
export const searchCall = (kind: ToolKind, query: string): string =>
  kind === 'image_search'
    ? '{"name": "image_search"}'
    : `{"name": "search", "arguments": {"query": ${JSON.stringify(query)}}}`

/** What a call is for. */
export const purposeOf = (call: ToolCall | undefined, kinds: ToolKinds): ToolKind =>
  kinds.get(call?.name ?? '') ?? 'other'

/** The system prompt for a question with so many images, for those of these tools that the student knows. */
export function instructions(tools: readonly ToolSpec[], kinds: ToolKinds, images: number): string {
  const told = promptFor(images, system)
  const asked = new Set(tools.map(({ name }) => kinds.get(name)))
  const offered = [...asked].flatMap(asked => studentTools.filter(({ kind }) => kind === asked))
  if (offered.length === 0) return told.fill({ search: '' })
  const examples = offered.map(({ example }) => `<tool_call>${example}</tool_call>`).join('\n')
  const schemas = offered.map(({ schema }) => JSON.stringify(schema)).join('\n')
  return told.fill({ search: `${search.fill({ examples, schemas })}\n` })
}

/** The same, with those of these tools that the student does not know: for a teacher that has them in a run. */
export function fullInstructions(tools: readonly ToolSpec[], kinds: ToolKinds, images: number): string {
  const unknown = tools.filter(({ name }) => isUnknown(name, kinds))
  if (unknown.length === 0) return instructions(tools, kinds, images)
  const told = others.fill({ schemas: unknown.map(tool => JSON.stringify(tool)).join('\n') })
  const [before = '', after = ''] = instructions(tools, kinds, images).split(/(?=\n# Format\n)/)
  return `${before}${told}\n${after}`
}

/** Whether a run's tool is none of the student's, and goes by a name that none of those has. */
export function isUnknown(name: string, kinds: ToolKinds): boolean {
  const like = studentKind(name)
  return (kinds.get(name) ?? 'other') === 'other' && (!like || ![...kinds.values()].includes(like))
}

/** How images and the texts of others are put into a message. */
export interface Showing {
  /** Notes an image and gives the text that stands for it. */
  put(image: Image): string
  safe: Guard
  kinds: ToolKinds
  /** Characters of a cell's stdout and of its stderr that an observation holds. */
  maxChars: number
}

/** The first user message. */
export const questionText = (parts: readonly Part[], showing: Pick<Showing, 'put' | 'safe'>): string =>
  question.fill({ question: partsText(parts, showing) })

const partsText = (parts: readonly Part[], { put, safe }: Pick<Showing, 'put' | 'safe'>): string =>
  parts.map(part => (part.type === 'image' ? put(part.image) : safe.text(part.text))).join('\n')

/** What came of a call in the words of the student's environment, or in the tool's own if it has none for it. */
export function observationText(
  call: ToolCall | undefined,
  { data, parts }: Observation,
  showing: Showing,
): string {
  if (!data) return response(partsText(parts, showing))
  if (data.kind === 'cell')
    return endings.has(data.status)
      ? cellText(data, showing)
      : `Code execution result:\n${partsText(parts, showing)}`
  const imageSearch = purposeOf(call, showing.kinds) === 'image_search'
  return response(imageSearch ? pagesWithImages(data, showing) : pages(data, showing))
}

const response = (body: string): string => `<tool_response>\n${body}\n</tool_response>`

/** How a cell can end in the student's environment. */
export const endings: ReadonlySet<Cell['status']> = new Set(['ok', 'error', 'timeout'])

function cellText(cell: Cell, { put, safe, maxChars }: Showing): string {
  const block = (texts: (string | undefined | null)[]) => safe.text(shorten(joined(texts), maxChars))
  // The student's session prints the value of the last expression, as Jupyter does.
  const stdout = block([cell.stdout, cell.result])
  const late = cell.status === 'timeout' ? 'TimeOutError: code execution timed out' : null
  const stderr = block([cell.stderr, cell.error?.traceback, late])
  const images = cell.images.map(put).join('')
  const text = `Code execution result:\nstdout:\n\`\`\`\n${stdout}\n\`\`\`\n\nstderr:\n\`\`\`\n${stderr}\n\`\`\``
  return images === '' ? text : `${text}\n\nImages:\n${images}`
}

const joined = (texts: (string | undefined | null)[]): string =>
  texts
    .map(text => text?.trimEnd() ?? '')
    .filter(text => text !== '')
    .join('\n')

function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const half = Math.floor(maxChars / 2)
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`
}

function pages({ query, results }: Results, { safe }: Showing): string {
  const found = results.map(({ id, title, snippet, link, date }, index) => {
    const published = date ? `\nDate published: ${safe.text(date)}` : ''
    return `${index + 1}. [${safe.text(title)}](${safe.text(link ?? id)})${published}\n\n${safe.text(snippet)}`
  })
  const head = `A Google search for '${safe.text(query)}' found ${results.length} results:`
  return `${head}\n\n## Web Results\n${found.join('\n\n')}`
}

/** A result without a picture is left out together with its title, as there. */
function pagesWithImages({ results }: Results, { put, safe }: Showing): string {
  const found = results.flatMap(({ image, title, snippet }) => (image ? [{ image, title, snippet }] : []))
  const listed = found.map(
    ({ image, title, snippet }, index) =>
      `${index + 1}. ${put(image)}\n[${safe.text(title)}] ${safe.text(snippet)}`,
  )
  return `A Google image search for the image found ${found.length} results:\n\n## Web Results\n${listed.join('\n')}`
}
