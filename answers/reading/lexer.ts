/** `name` is a variable, constant or function; `sign` everything that is neither it nor a number. */
interface Piece {
  kind: 'number' | 'name' | 'sign'
  text: string
}

export interface Token extends Piece {
  /** The character of the text that it begins at, from 1. */
  at: number
}

/**
 * What a text may consist of: how each piece looks, the first that fits, what it stands for, and how many there may be.
 */
export interface Lexicon {
  forms: readonly (readonly [looks: RegExp, read: (text: string) => Piece[]])[]
  most: number
}

/** Why a text is not read as mathematics. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

/** Whatever is not in the lexicon is refused. */
export function tokensIn(text: string, { forms, most }: Lexicon): Token[] {
  const found: Token[] = []
  for (let rest = text.trimStart(); rest !== ''; ) {
    const at = text.length - rest.length + 1
    const [looks, read] = forms.find(([looks]) => looks.test(rest)) ?? unknown(rest, at)
    const [written = ''] = looks.exec(rest) ?? []
    found.push(...read(written).map(piece => ({ ...piece, at })))
    if (found.length > most) throw new Unreadable('it is too long')
    rest = rest.slice(written.length).trimStart()
  }
  return found
}

function unknown(rest: string, at: number): never {
  const [sign] = rest
  throw new Unreadable(`"${sign}" at character ${at} is not understood.`)
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
const same = new Map(
  Object.entries({ '×': '*', '·': '*', '⋅': '*', '∗': '*', '÷': '/', '−': '-', '**': '^' }),
)
/** Words of three letters that are no product of three variables. */
const words = new Set(
  'and not the for one two six ten but nor all any are yes max min mod gcd lcm'.split(' '),
)
/** Longest first, so that `sinh` is not `sin h`. */
const known = [...functions, 'infinity', 'inf', 'theta', 'alpha', 'beta', 'pi'].sort(
  (a, b) => b.length - a.length,
)

/** LaTeX and plain mathematics, of at most 500 tokens. */
export const mathematical: Lexicon = {
  most: 500,
  forms: [
    [/^\d+_(?:\{ *\d{1,2} *\}|\d{1,2})/, text => [opaque(text)]],
    [/^(?:(?:\d*\.\d+|\d+)e\+?\d+|(?:\d*\.\d+|1)e-\d+)(?![\w.])/i, scientific],
    [/^(?:\d+(?:\.\d+)?|\.\d+)/, text => [{ kind: 'number', text }]],
    [/^⟦[^⟧]*⟧/, text => [opaque(text)]],
    [/^[A-Z]{2,}(?![a-z])/, text => [opaque(text)]],
    [/^\\[a-zA-Z]+/, text => [commanded(text.slice(1))]],
    [/^[a-zA-Z]+/, named],
    [/^[αβγδεζηθικλμνξπρστυφχψω]/u, text => [{ kind: 'name', text: letters.get(text) ?? text }]],
    [/^(?:\*\*|[-+*/^_!%°()[\]{}|±∓∞√×·⋅∗÷⌊⌋⌈⌉,])/u, text => [sign(text)]],
  ],
}

/** What is a name as a whole: words, points next to each other, a number in another base. */
const opaque = (text: string): Piece => ({ kind: 'name', text: `⟦${text.replace(/[⟦⟧{} ]/g, '')}⟧` })

/** `4.5e33`; `2e-3` is twice e less three. */
function scientific(text: string): Piece[] {
  const [digits = '', exponent = ''] = text.toLowerCase().split('e')
  const signs = (all: string) => [...all].map(sign)
  const size = { kind: 'number' as const, text: exponent.replace(/^[+-]/, '') }
  const below = exponent.startsWith('-') ? signs('-') : []
  const ten = { kind: 'number' as const, text: '10' }
  return [
    ...signs('('),
    { kind: 'number', text: digits },
    ...signs('*'),
    ten,
    ...signs('^{'),
    ...below,
    size,
    ...signs('})'),
  ]
}

export function sign(text: string): Piece {
  return { kind: 'sign', text: same.get(text) ?? text }
}

function commanded(command: string): Piece {
  const sign = signs.get(command)
  if (sign !== undefined) return { kind: 'sign', text: sign }
  if (!functions.has(command) && !greek.includes(command)) throw new Unreadable(`\\${command} is not known`)
  return { kind: 'name', text: command }
}

/** `xy` is x times y and `sinx` is sin x, but a word is no product of its letters. */
function named(run: string): Piece[] {
  if (/^no$/i.test(run)) return [opaque('no')]
  const found: Piece[] = []
  for (let rest = run; rest !== ''; ) {
    const name = known.find(word => rest.startsWith(word))
    if (name === undefined && (rest.length > 3 || words.has(rest.toLowerCase()))) {
      throw new Unreadable(`${JSON.stringify(run)} is a word`)
    }
    const text = name ?? rest.charAt(0)
    found.push(pieceNamed(text))
    rest = rest.slice(text.length)
  }
  return found
}

function pieceNamed(text: string): Piece {
  if (text === 'sqrt') return { kind: 'sign', text: '√' }
  return text.startsWith('inf') ? { kind: 'sign', text: '∞' } : { kind: 'name', text }
}
