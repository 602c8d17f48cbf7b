import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { shownPath } from '../schemas/config-folder.ts'
import { nearest } from '../schemas/nearest.ts'

/** Modules that were in one room and are in another now, or were another module; CHANGELOG.md has the same table. */
export const moves: { from: string; to: string; names: string[]; as?: string }[] = [
  {
    from: 'filters',
    to: 'checks',
    names: [
      ...['achieves-intent', 'answer', 'bypass', 'check', 'code-errors', 'consistency', 'consistency-judge'],
      ...['format', 'grounded', 'image-necessity', 'invented-observation', 'judge', 'language', 'no-op-code'],
      ...['pii', 'recrop', 'reexecutes', 'refusal', 'repeated-call', 'safety', 'schema', 'text-leak'],
      ...['thought', 'tool-necessity', 'tools-used', 'truncated'],
    ],
  },
  { from: 'filters', to: 'screens', names: ['difficulty', 'open-ended', 'screen', 'well-posed'] },
  { from: 'filters', to: 'teachers', names: ['models'], as: 'teacher' },
  { from: 'teachers/program', to: 'teachers', names: ['program'] },
]

/** Every module that moved, with its new path. */
export const moved = new Map<string, string>(
  moves.flatMap(({ from, to, names, as }) =>
    names.map((name): [string, string] => [`${from}/${name}`, `${to}/${as ?? name}`]),
  ),
)

/** What to say of an import of a module of kindling's that is not there; undefined for any other error. */
export function missingModule(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const importer = /imported from (.+)$/m.exec(error.message)?.[1]
  const place = importer === undefined ? '' : `${shownPath(importer)}: `
  if (/^Cannot find (package|module) 'kindling['/]/.test(error.message))
    return `${place}kindling is not installed there; put the file into a project that has it in node_modules`
  const [, asked, packageJson] =
    /^Package subpath '\.\/(.+)' is not defined by "exports" in (.+?package\.json)/.exec(error.message) ?? []
  if (asked === undefined || packageJson === undefined) return undefined
  const { name, exports }: Package = JSON.parse(readFileSync(packageJson, 'utf8'))
  return name === 'kindling' ? `${place}there is no kindling/${asked}; ${instead(asked, exports)}` : undefined
}

interface Package {
  name: string
  exports: Record<string, unknown>
}

function instead(asked: string, exports: Package['exports']): string {
  const path = asked.replace(/\.[cm]?[jt]s$/, '')
  if (moved.has(path)) return `it is kindling/${moved.get(path)} now`
  const known = Object.keys(exports).map(each => each.replace(/^\.\//, ''))
  const close = known.find(each => basename(each) === basename(path)) ?? nearest(path, known)
  return close === undefined ? `docs/plug-ins.md lists what there is` : `did you mean kindling/${close}?`
}
