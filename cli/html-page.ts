import type { ExportRow } from '../output/export.ts'
import type { Image } from '../schemas/image.ts'
import { type FactState, stateOf } from '../schemas/measurement.ts'
import type { Part } from '../schemas/task.ts'
import type { Fact, ToolCall, Turn } from '../schemas/trajectory.ts'
import { callText, saidOf } from './show.ts'

type Bytes = (image: Image) => Promise<Uint8Array>

/**
 * Trajectories as one HTML page that needs nothing else, piece by piece: images are in it, nothing is fetched and
 * nothing runs. Everything that a task, a model or a tool said is escaped.
 */
export async function* pageOf(
  rows: AsyncIterable<ExportRow> | Iterable<ExportRow>,
  bytes: Bytes,
): AsyncGenerator<string> {
  const [head = '', tail = ''] = wholePage(style, gap).split(gap)
  yield head
  for await (const row of rows) yield `${await article(row, bytes)}\n`
  yield tail
}

const gap = '<!-- rows -->'

/** A page that needs nothing else: nothing is fetched and nothing runs. */
export const wholePage = (style: string, body: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kindling</title><style>${style}</style>
${body}
</html>
`

const style = `
body { font: 15px/1.5 system-ui, 'DejaVu Sans', sans-serif; max-width: 860px; margin: 2rem auto; padding: 0 1rem; color: #222 }
h1 { font-size: 1.1rem } h1 small { font-weight: normal; color: #777 }
section { border-left: 4px solid #ddd; padding: .1rem 1rem; margin: .7rem 0 } section > b { display: block; color: #777; font-size: .8rem; text-transform: uppercase }
.question { border-color: #444 } .thought { border-color: #d9822b } .call { border-color: #3973b9 } .result { border-color: #7ba05b } .mistake { border-color: #c23b3b }
pre, p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 } pre { font: 12.5px/1.45 'DejaVu Sans Mono', monospace; background: #f6f6f4; padding: .5rem .7rem }
figure { display: inline-block; margin: .3rem .5rem .3rem 0; vertical-align: top } img { max-width: 300px; max-height: 260px; border: 1px solid #ccc } .small { max-width: 145px }
figcaption { font-size: .75rem; color: #777 } article + article { border-top: 3px double #777; margin-top: 3rem } .kept { color: #3c7a2e } .dropped { color: #c23b3b } li.no { color: #c23b3b } li.unknown { color: #d9822b }`

async function article(
  { measured: { trajectory, facts }, verdict }: ExportRow,
  bytes: Bytes,
): Promise<string> {
  const { task, teacher, sample, turns, question, key, outcome } = trajectory
  const show = numbered(bytes)
  const asked = await show(question)
  const told: string[] = []
  for (const turn of turns) told.push(await turnHtml(turn, show))
  const decision = verdict.keep
    ? '<span class="kept">kept</span>'
    : `<span class="dropped">dropped by ${escaped(verdict.stage)}: ${escaped(verdict.reason)} ${escaped(verdict.detail)}</span>`
  const answer =
    outcome.kind === 'answered'
      ? `answered <b>${escaped(outcome.answer)}</b>`
      : escaped(JSON.stringify(outcome))
  return `<article><h1>${escaped(task.id)} <small>${escaped(task.category)}, by ${escaped(teacher.name)}, sample ${sample}, ${key.slice(0, 12)}</small></h1>
${block('question', 'question', asked)}
${told.join('\n')}
${block('question', 'outcome', `<p>${answer}; true answer <b>${escaped(task.answer || 'not known')}</b>; ${decision}</p><ul>${facts.map(factHtml).join('')}</ul>`)}
</article>`
}

type Show = (parts: readonly Part[]) => Promise<string>

/** Images are called what the teacher knows them by. */
function numbered(bytes: Bytes): Show {
  let shown = 0
  return async parts => {
    const html: string[] = []
    for (const part of parts) {
      if (part.type === 'text') html.push(`<p>${escaped(part.text)}</p>`)
      else html.push(figure(part.image, await bytes(part.image), ++shown))
    }
    return html.join('')
  }
}

const figure = ({ mime, width, height }: Image, bytes: Uint8Array, number: number) =>
  `<figure><img${width <= 160 ? ' class="small"' : ''} alt="image_${number}" src="data:${mime};base64,${Buffer.from(bytes).toString('base64')}"><figcaption>image_${number}, ${width}×${height}</figcaption></figure>`

async function turnHtml({ reply, observations, reminder }: Turn, show: Show): Promise<string> {
  const html = [
    block('thought', reply.calls.length > 0 ? 'thought' : 'answer', `<p>${escaped(reply.text)}</p>`),
  ]
  for (const [index, call] of reply.calls.entries()) {
    html.push(callHtml(call))
    const observation = observations[index]
    if (!observation) continue
    const { mistake, parts } = observation
    html.push(
      block(
        mistake ? 'mistake' : 'result',
        mistake ? `result: ${mistake.kind}` : 'result',
        await show(parts),
      ),
    )
  }
  if (reminder && observations.length === 0)
    html.push(block('mistake', 'reminder', `<p>${escaped(reminder.text)}</p>`))
  return html.join('\n')
}

const callHtml = ({ name, arguments: text }: ToolCall) =>
  block('call', `call ${escaped(name)}`, `<pre>${escaped(callText(text))}</pre>`)

const stateMarks: Record<FactState, [name: string, mark: string]> = {
  passed: ['yes', '✓'],
  failed: ['no', '✗'],
  could_not_tell: ['unknown', '? could not tell:'],
}

function factHtml(fact: Fact): string {
  const [name, mark] = stateMarks[stateOf(fact)]
  return `<li class="${name}">${mark} ${escaped(fact.check)} ${escaped(saidOf(fact))}</li>`
}

const block = (kind: string, title: string, body: string) =>
  `<section class="${kind}"><b>${title}</b>${body}</section>`

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Text as a page shows it: nothing in it is markup. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, char => escapes[char] ?? char)
