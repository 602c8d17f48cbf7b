import { isObject } from '../schemas/json.ts'
import { columnsOf } from './export.ts'
import type { Before } from './numbered/numbered-export.ts'
import type { RunAbout } from './run-about.ts'
import { type Answerer, type Summary, shownCount } from './summary.ts'
import type { TableFile } from './tables/table.ts'
import type { Written, WrittenFile } from './target.ts'

interface Besides {
  tables: readonly TableFile[]
  others: readonly WrittenFile[]
  before: Before | null
}

/**
 * The manifest: what ran, on what, and what came of it, so that any row can be followed back to its task and any file
 * checked. It holds no clock and no machine: the same run gives the same bytes, but for `before`, the export that it
 * came after.
 */
export function manifestOf(
  about: RunAbout,
  summary: Summary,
  written: readonly Written[],
  { tables, others: texts, before }: Besides,
): string {
  const { rows, kept, rejected, rescued, screening, withoutImages, ...counted } = summary
  const { prompts, tools, ...others } = counted
  const manifest = {
    manifest_version: 2,
    before,
    name: about.name,
    schema_version: 1,
    versions: { kindling: about.version, node: process.version },
    config: about.config,
    inputs: about.inputs ?? null,
    prompts: prompts.map(prompt => ({ ...prompt, file: about.promptFiles?.[prompt.sha256] ?? null })),
    tools: tools.map(tool => ({ ...tool, ...offeredAs(tool.name, about) })),
    ...others,
    models: others.models.map(model => ({ ...model, ...namesOf(model, about) })),
    ...(withoutImages > 0 && { without_images: withoutImages }),
    funnel: {
      refused: about.refused ?? [],
      ...(screening ? { screening: { ...screening, dropped: screening.dropped.map(shownCount) } } : {}),
      trajectories: rows,
      kept,
      rejected: rejected.map(shownCount),
      rescued: rescued.map(shownCount),
    },
    notes: about.notes ?? [],
    targets: written.map(({ target, counts, mixed }) => ({
      name: target.name,
      options: target.options,
      select: target.select,
      columns: columnsOf(target),
      ...counts,
      ...(mixed ? { mixed } : {}),
    })),
    tables: tables.map(({ table, rows }) => ({
      name: table.name,
      columns: table.fields.map(({ name }) => name),
      rows,
    })),
    lineage,
    files: [...written.flatMap(({ files }) => files), ...tables.map(({ file }) => file), ...texts],
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** What the config says of a tool, if it still has it; an MCP server says its version. */
function offeredAs(name: string, { config }: RunAbout) {
  const { kind = null, options } = config.tools?.find(tool => tool.name === name) ?? {}
  const server = options?.server ?? null
  return { kind, version: isObject(server) ? (server.version ?? null) : null }
}

/**
 * How a judge or a screen's model was asked, and by which name it answered: a list where they were several. A teacher's
 * replies say so themselves.
 */
function namesOf({ part, name }: Answerer, { answerers = [] }: RunAbout) {
  const own = answerers.filter(each => name === (part === 'screen' ? each.asked : each.name))
  const [asked, answered] = [distinct(own.map(each => each.asked)), distinct(own.map(each => each.answered))]
  if (part === 'teacher' || !answered) return {}
  return { asked, answered }
}

/** One as it is, several in order; undefined for none. */
function distinct(names: readonly string[]): string | string[] | undefined {
  const [first, ...more] = [...new Set(names)].sort()
  return first === undefined || more.length === 0 ? first : [first, ...more]
}

const lineage = {
  id: 'the task: its id in the source',
  key: 'the rollout: sha256 over task content, teacher, prompts, tools, sandbox, turn limit and sample',
  files:
    'shards hold trajectories in the order of their keys, those about images first, tasks in their own, and text rows last, each part by part: tasks that came later have shards of their own; first and last are the keys, or the ids of tasks and text rows, at their ends',
}
