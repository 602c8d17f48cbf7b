/** `name` is a variable, constant or function; `sign` everything that is neither it nor a number. */
export interface Token {
  kind: 'number' | 'name' | 'sign'
  text: string
}

/** Why a text is not read as mathematics. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

export const functions = new Set(
  'sqrt cbrt arcsin arccos arctan sinh cosh tanh sin cos tan cot sec csc ln lg log exp abs floor ceil'.split(
    ' ',
  ),
)
const greek =
  'alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega'.split(
    ' ',
  )
const letters = new Map([...'αβγδεζηθικλμνξπρστυφχψω'].map((letter, index) => [letter, plainGreek(index)]))

function plainGreek(index: number): string {
  return greek.filter(name => !/^(?:var|[A-Z])/.test(name))[index] ?? ''
}

const signs = new Map(
  Object.entries({
    cdot: '*',
    times: '*',
    ast: '*',
    div: '/',
    pm: '±',
    mp: '∓',
    infty: '∞',
    lbrace: '{',
    rbrace: '}',
    lvert: '|',
    rvert: '|',
    vert: '|',
    lfloor: '⌊',
    rfloor: '⌋',
    lceil: '⌈',
    rceil: '⌉',
    frac: 'frac',
    binom: 'binom',
    sqrt: 'sqrt',
  }),
)
const same = new Map(Object.entries({ '×': '*', '·': '*', '⋅': '*', '∗': '*', '÷': '/', '**': '^' }))
/** Words of three letters that are no product of three variables. */
const words = new Set(
  'and not the for one two six ten but nor all any are yes max min mod gcd lcm'.split(' '),
)
/** Longest first, so that `sinh` is not `sin h`. */
const known = [...functions, 'infinity', 'inf', 'theta', 'alpha', 'beta', 'pi'].sort(
  (a, b) => b.length - a.length,
)

const pieces = [
  /^(?<number>\d+(?:\.\d+)?|\.\d+)/,
  /^\\(?<command>[a-zA-Z]+)/,
  /^(?<run>[a-zA-Z]+)/,
  /^(?<greek>[αβγδεζηθικλμνξπρστυφχψω])/u,
  /^(?<sign>\*\*|[-+*/^_!%°()[\]{}|±∓∞√×·⋅∗÷⌊⌋⌈⌉,])/u,
]

/** At most 500 tokens; whatever is not mathematics is refused. */
export function tokens(text: string): Token[] {
  const found: Token[] = []
  for (let rest = text.trim(); rest !== ''; ) {
    const match = pieces.map(piece => piece.exec(rest)).find(Boolean)
    if (!match) throw new Unreadable(`${JSON.stringify(rest.slice(0, 10))} is not mathematics`)
    found.push(...tokensOf(match.groups ?? {}))
    if (found.length > 500) throw new Unreadable('it is too long')
    rest = rest.slice(match[0].length).trimStart()
  }
  return found
}

function tokensOf({ number, command, run, greek, sign }: Record<string, string | undefined>): Token[] {
  if (number !== undefined) return [{ kind: 'number', text: number }]
  if (command !== undefined) return [commanded(command)]
  if (greek !== undefined) return [{ kind: 'name', text: letters.get(greek) ?? greek }]
  if (run !== undefined) return named(run)
  return [{ kind: 'sign', text: same.get(sign ?? '') ?? sign ?? '' }]
}

function commanded(command: string): Token {
  const sign = signs.get(command)
  if (sign !== undefined) return { kind: 'sign', text: sign }
  if (!functions.has(command) && !greek.includes(command)) throw new Unreadable(`\\${command} is not known`)
  return { kind: 'name', text: command }
}

/** `xy` is x times y and `sinx` is sin x, but a word is no product of its letters. */
function named(run: string): Token[] {
  const found: Token[] = []
  for (let rest = run; rest !== ''; ) {
    const name = known.find(word => rest.startsWith(word))
    if (name === undefined && (rest.length > 3 || words.has(rest.toLowerCase()))) {
      throw new Unreadable(`${JSON.stringify(run)} is a word`)
    }
    const text = name ?? rest.charAt(0)
    found.push(tokenNamed(text))
    rest = rest.slice(text.length)
  }
  return found
}

function tokenNamed(text: string): Token {
  if (text === 'sqrt') return { kind: 'sign', text: '√' }
  return text.startsWith('inf') ? { kind: 'sign', text: '∞' } : { kind: 'name', text }
}
