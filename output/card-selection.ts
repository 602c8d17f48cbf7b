import { canonicalJson } from '../schemas/hash.ts'
import type { JsonObject } from '../schemas/json.ts'
import { markdownTable } from './markdown.ts'
import type { ChosenBy, RunAbout } from './run-about.ts'
import type { CountedDrop, Summary } from './summary.ts'

/**
 * Which screens decided about the tasks and which filters and selectors about the rows, with their settings, what each
 * dropped, and what selectors had to say; undefined where nothing chose.
 */
export function choosing({ config, notes = [] }: RunAbout, summary: Summary): string | undefined {
  const { screens = [], filters = [] } = config
  if (screens.length + filters.length === 0) return undefined
  const screenedOut = (name: string) => rowsOf(summary.screening?.dropped ?? [], ({ by }) => by === name)
  const dropped = (name: string) => rowsOf(summary.rejected, ({ stage }) => stage === name)
  const steps = markdownTable(
    ['what', 'name', 'settings', 'dropped'],
    [...linesOf('screen of tasks', screens, screenedOut), ...linesOf('filter of rows', filters, dropped)],
  )
  const fromSelectors = notes.filter(({ by }) => by !== 'intake')
  if (fromSelectors.length === 0) return steps
  const said = fromSelectors.map(({ by, about, counts, examples }) => [
    by,
    about,
    settingsOf(counts),
    examples.join(', '),
  ])
  return `${steps}\n\nWhat those that look at all rows at once had to say:\n\n${markdownTable(['name', 'about', 'counts', 'such as'], said)}`
}

/** In order. Drops are known by name: what steps of one name dropped stands at the last. */
const linesOf = (what: string, steps: readonly ChosenBy[], dropped: (name: string) => number) =>
  steps.map(({ name, options }, index) => {
    const isLast = !steps.slice(index + 1).some(other => other.name === name)
    return [what, name, settingsOf(options), isLast ? dropped(name) : '']
  })

const rowsOf = (drops: readonly CountedDrop[], isMeant: (drop: CountedDrop) => boolean) =>
  drops.filter(isMeant).reduce((sum, { rows }) => sum + rows, 0)

const settingsOf = (options: JsonObject): string =>
  Object.entries(options)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : canonicalJson(value)}`)
    .join(', ')
