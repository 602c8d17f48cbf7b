// The shape of the code in numbers: `npm run measure [-- FOLDER]`, of this checkout or of another one.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import {
  type FunctionLikeDeclaration,
  SyntaxKind as Kind,
  type Node,
  type SourceFile,
} from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/sync'

interface Named {
  name: string
  place: string
  lines: number
  parameters: number
  /** Ways through it: 1 and one for each branch (McCabe). */
  paths: number
}

interface Room {
  files: number
  lines: number
  /** The most files that lie in one of its folders. */
  flat: number
  functions: Named[]
  casts: number
  any: number
  assured: number
}

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))
const aside = /^(node_modules|test|bench|examples|dist|runs|docs|\.\w+)\//
const files = globSync('*/**/*.ts', { cwd: root })
  .filter(file => !aside.test(file))
  .sort()

using api = opened()
const functionKinds = new Set([
  Kind.FunctionDeclaration,
  Kind.MethodDeclaration,
  Kind.ArrowFunction,
  Kind.FunctionExpression,
])
const branchKinds = new Set([
  Kind.IfStatement,
  Kind.ConditionalExpression,
  Kind.ForStatement,
  Kind.ForOfStatement,
  Kind.ForInStatement,
  Kind.WhileStatement,
  Kind.DoStatement,
  Kind.CaseClause,
  Kind.CatchClause,
])
const branchSigns = new Set([Kind.AmpersandAmpersandToken, Kind.BarBarToken, Kind.QuestionQuestionToken])

function opened() {
  const api = new API({ cwd: root })
  // Code of a page has a project of its own, beside it.
  const configs = globSync('{tsconfig.json,*/*/tsconfig.json}', { cwd: root, exclude: ['node_modules'] })
  const openProjects = configs.map(path => join(root, path))
  const programs = api
    .updateSnapshot({ openProjects })
    .getProjects()
    .map(({ program }) => program)
  return { programs, [Symbol.dispose]: () => api.close() }
}

function print() {
  const rooms = [...Map.groupBy(files, file => file.split('/')[0] ?? '')].map(
    ([name, own]) => [name, roomOf(own)] as const,
  )
  const all = roomOf(files)
  console.log(
    'room        files   lines  flat  functions  median  p90  max  >40  paths p90  max  params  casts  any  !',
  )
  for (const [name, room] of [...rooms, ['all', all] as const]) console.log(row(name, room))
  const { longest, cycles } = chains()
  console.log(`\nlongest import chain ${longest.length - 1} arrows: ${longest.join(' → ')}`)
  console.log(`cycles ${cycles}`)
  const most = Math.max(...all.functions.map(({ parameters }) => parameters))
  const wide = all.functions.filter(({ parameters }) => parameters > 4)
  console.log(`functions with more than four parameters: ${wide.length} (most ${most})`)
  for (const { name, place, parameters } of wide) console.log(`  ${parameters} parameters  ${name}  ${place}`)
  console.log('longest functions')
  for (const { name, place, lines } of all.functions.toSorted((a, b) => b.lines - a.lines).slice(0, 8))
    console.log(`  ${lines} lines  ${name}  ${place}`)
}

function roomOf(own: readonly string[]): Room {
  const room: Room = {
    files: own.length,
    lines: 0,
    flat: Math.max(...[...Map.groupBy(own, file => dirname(file)).values()].map(({ length }) => length)),
    functions: [],
    casts: 0,
    any: 0,
    assured: 0,
  }
  for (const file of own) look(file, room)
  return room
}

function look(file: string, room: Room) {
  const [source] = api.programs.flatMap(program => program.getSourceFile(join(root, file)) ?? [])
  if (!source) throw new Error(`${file} is in no project`)
  room.lines += source.text.split('\n').length - 1
  walk(source, node => {
    if (isCast(node)) room.casts++
    if (node.kind === Kind.AnyKeyword) room.any++
    if (node.kind === Kind.NonNullExpression) room.assured++
    const name = nameOf(node)
    if (name !== undefined) room.functions.push(measured(name, node, source, file))
  })
}

function walk(node: Node, see: (node: Node) => void) {
  see(node)
  node.forEachChild(child => {
    walk(child, see)
    return undefined
  })
}

const isCast = (node: Node) => node.kind === Kind.AsExpression && !/\bas const$/.test(node.getText())

/** The name of a function, or of the variable or property that it is given to; undefined for all else. */
function nameOf(node: Node): string | undefined {
  if (!functionKinds.has(node.kind) || !('body' in node) || node.body === undefined) return undefined
  const holder = [Kind.VariableDeclaration, Kind.PropertyAssignment].includes(node.parent.kind)
    ? node.parent
    : node
  return 'name' in holder && holder.name ? (holder.name as Node).getText() : undefined
}

function measured(name: string, node: Node, source: SourceFile, file: string): Named {
  const lineOf = (position: number) => source.text.slice(0, position).split('\n').length
  const first = lineOf(node.getStart())
  let paths = 1
  walk(node, each => {
    if (branchKinds.has(each.kind) || branchSigns.has(each.kind)) paths++
  })
  const { parameters } = node as FunctionLikeDeclaration
  return {
    name,
    place: `${file}:${first}`,
    lines: lineOf(node.end) - first + 1,
    parameters: parameters.length,
    paths,
  }
}

function row(name: string, { files, lines, flat, functions, casts, any, assured }: Room): string {
  const lengths = functions.map(each => each.lines)
  const paths = functions.map(each => each.paths)
  const most = Math.max(0, ...functions.map(({ parameters }) => parameters))
  const numbers: [number, number][] = [
    [files, 6],
    [lines, 8],
    [flat, 6],
    [functions.length, 11],
    [quantile(lengths, 0.5), 8],
    [quantile(lengths, 0.9), 5],
    [Math.max(0, ...lengths), 5],
    [lengths.filter(length => length > 40).length, 5],
    [quantile(paths, 0.9), 11],
    [Math.max(0, ...paths), 5],
    [most, 8],
    [casts, 7],
    [any, 5],
    [assured, 3],
  ]
  return name.padEnd(11) + numbers.map(([value, width]) => String(value).padStart(width)).join('')
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(share * Math.max(0, values.length - 1))] ?? 0

/** The longest way from a file to one that imports nothing of ours, and how many files lead back to themselves. */
function chains(): { longest: string[]; cycles: number } {
  const known = new Map<string, string[]>()
  const open = new Set<string>()
  let cycles = 0
  function from(file: string): string[] {
    const found = known.get(file)
    if (found) return found
    if (open.has(file)) {
      cycles++
      return []
    }
    open.add(file)
    const tails = importsOf(file).map(from)
    open.delete(file)
    const chain = [file, ...tails.reduce((best, each) => (each.length > best.length ? each : best), [])]
    known.set(file, chain)
    return chain
  }
  const all = files.map(from)
  return { longest: all.reduce((best, each) => (each.length > best.length ? each : best), []), cycles }
}

/** Types count too: who reads the file has to read those. What is imported when it is needed does not. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export|\}) [^'\n]*from '(\.[^']+\.ts)'/gm)]
    .map(([, specifier = '']) => relative(root, join(root, dirname(file), specifier)))
    .filter(target => existsSync(join(root, target)))

print()
