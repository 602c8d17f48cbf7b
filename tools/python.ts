import Type, { type Static } from 'typebox'
import { type CellResult, SandboxError } from '../sandbox/sandbox.ts'
import type { Cell } from '../schemas/cell.ts'
import type { Image } from '../schemas/image.ts'
import { closed, count, factory } from '../schemas/options.ts'
import type { Mistake } from '../schemas/trajectory.ts'
import { cut, imageNames, shownParts } from './shown-image.ts'
import { defineTool, Tool, type ToolContext } from './tool.ts'

export const PythonOptions = closed({
  /** Characters that are shown of each part of what came back. */
  maxChars: Type.Optional(count),
})
export type PythonOptions = Static<typeof PythonOptions>

const runs = 'Run Python code in a stateful session.'
const returns =
  'Returns what is printed, the value of the last expression, errors, and every image that is displayed, plotted or saved.'

/**
 * The tool `python`, which runs code in the trajectory's session. Variables last from call to call. The teacher gets
 * what is printed, the last expression, exceptions, and images that are shown or saved. Code that fails is the
 * teacher's mistake. A sandbox that breaks under it is not, and ends the rollout.
 */
export const python = factory(Tool, 'python', PythonOptions, ({ maxChars = 8_000 }) =>
  defineTool({
    name: 'python',
    description: `${runs} The question’s images are the PIL images image_1, image_2, … . ${returns}`,
    withoutImages: `${runs} ${returns}`,
    args: Type.Object(
      { code: Type.String({ minLength: 1, description: 'Python 3 source code' }) },
      { additionalProperties: false },
    ),
    options: { maxChars },
    kind: 'code',
    stateful: true,
    async run({ code }, context) {
      const session = await context.session()
      const result = await session.exec(code)
      if (result.status === 'dead') throw new SandboxError('the session was gone before the cell ran')
      const images = await kept(result, context)
      return {
        parts: shownParts(describe(result, images, context.images.length, maxChars), images),
        data: cellOf(code, result, images),
        mistake: mistakeOf(result),
      }
    },
  }),
)

async function kept(result: CellResult, context: ToolContext): Promise<Image[]> {
  const images: Image[] = []
  for (const { bytes } of result.images) {
    const image = await context.keep(bytes)
    if (image) images.push(image)
  }
  return images
}

const cellOf = (code: string, result: CellResult, images: Image[]): Cell => ({
  kind: 'cell',
  ...dropped(result.droppedImages + result.images.length - images.length),
  code,
  status: result.status,
  stdout: result.stdout,
  stderr: result.stderr,
  result: result.result,
  error: result.error,
  images,
  reproducible: result.leftover.threads === 0 && result.leftover.processes === 0,
})

const dropped = (droppedImages: number) => (droppedImages > 0 ? { droppedImages } : {})

function mistakeOf({ status, error }: CellResult): Mistake | null {
  if (status === 'ok') return null
  return { kind: 'code_error', message: error ? `${error.name}: ${error.value}` : status }
}

const ends: Partial<Record<CellResult['status'], string>> = {
  timeout: 'The code ran too long and was stopped.',
  memory_limit: 'The code used too much memory.',
  output_limit: 'The code printed too much.',
  exit: 'The code asked the interpreter to end.',
  crash: 'The interpreter crashed.',
  protocol: 'The code broke the session it ran in.',
}

const onlyAsked = ', with the question’s images only'

/** What the teacher reads. `shown` is how many images it has seen before, since names go on from there. */
function describe(result: CellResult, images: Image[], shown: number, maxChars: number): string {
  const sections = [
    section('stdout', result.stdout, maxChars),
    section('stderr', result.stderr, maxChars),
    section('result', result.result ?? '', maxChars),
    section('error', result.error?.traceback ?? '', maxChars),
    ends[result.status] ?? '',
    result.alive ? '' : `The session is lost: the next call starts a new one${shown > 0 ? onlyAsked : ''}.`,
    imageNames(images, shown),
    result.droppedImages > 0
      ? `${result.droppedImages} more images were over the limit and are not shown.`
      : '',
  ].filter(text => text !== '')
  return sections.join('\n\n') || 'The code ran and gave no output.'
}

function section(title: string, text: string, maxChars: number): string {
  const body = text.trimEnd()
  return body === '' ? '' : `${title}:\n${cut(body, maxChars)}`
}
