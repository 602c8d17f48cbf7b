import { functions, type Token, tokens, Unreadable } from './tokens.ts'

/** `apply` names an operator (`+ * / ^ neg ± ∓ ! root binom`) or a function (`sin`, `log` with its base second). */
export type Expression =
  | { kind: 'number'; digits: string }
  | { kind: 'name'; name: string }
  | { kind: 'apply'; operator: string; to: Expression[] }

const apply = (operator: string, ...to: Expression[]): Expression => ({ kind: 'apply', operator, to })
const number = (digits: string): Expression => ({ kind: 'number', digits })

const closing = new Map(Object.entries({ '(': ')', '[': ']', '{': '}', '|': '|', '⌊': '⌋', '⌈': '⌉' }))
const deepest = 60

/**
 * An expression in LaTeX or plain writing. What people read in two ways, like `1/2x` or `sin(x)^2`, is not read at
 * all. Throws `Unreadable`.
 */
export function expression(text: string): Expression {
  return new Parser(tokens(text)).whole()
}

/** Recursive descent, one method for each level of binding. */
class Parser {
  readonly #tokens: Token[]
  #at = 0
  #depth = 0
  /** Inside |…| another bar closes. */
  #bars = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  whole(): Expression {
    const read = this.#sum()
    if (this.#at < this.#tokens.length) throw new Unreadable(`${this.#peek()} is out of place`)
    return read
  }

  #peek(offset = 0): string {
    return this.#tokens[this.#at + offset]?.text ?? ''
  }

  #kind(): Token['kind'] | undefined {
    return this.#tokens[this.#at]?.kind
  }

  #next(): Token {
    const token = this.#tokens[this.#at]
    if (!token) throw new Unreadable('it ends too early')
    this.#at += 1
    return token
  }

  #take(...texts: string[]): string | null {
    return texts.includes(this.#peek()) ? this.#next().text : null
  }

  #need(text: string): void {
    if (this.#take(text) === null) throw new Unreadable(`${text} is missing`)
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > deepest) throw new Unreadable('it is nested too deeply')
    const inner = read()
    this.#depth -= 1
    return inner
  }

  #sum(): Expression {
    const sign = this.#take('+', '-', '±', '∓')
    let sum = signed(sign ?? '+', this.#product())
    for (let sign = this.#take('+', '-', '±', '∓'); sign; sign = this.#take('+', '-', '±', '∓'))
      sum = apply('+', sum, signed(sign, this.#product()))
    return sum
  }

  #product(): Expression {
    let product = this.#factor()
    for (let divided = false; ; ) {
      const sign = this.#take('*', '/')
      if (sign) {
        product = apply(sign, product, this.#factor())
        divided = sign === '/'
      } else if (this.#startsFactor()) {
        if (divided) throw new Unreadable('a quotient is followed by a factor without a sign')
        product = this.#mixed(product) ?? apply('*', product, this.#power())
      } else return product
    }
  }

  /** `2 3/4` and `2\frac{3}{4}` are two and three quarters. */
  #mixed(whole: Expression): Expression | null {
    const isFraction = this.#peek() === 'frac'
    if (this.#kind() === 'number') {
      const [above, slash, below] = [
        this.#next(),
        this.#take('/'),
        this.#kind() === 'number' ? this.#next() : null,
      ]
      if (!slash || !below || !isWhole(whole)) throw new Unreadable('a number follows without a sign')
      if (this.#startsFactor()) throw new Unreadable('a quotient is followed by a factor without a sign')
      return apply('+', whole, proper(number(above.text), number(below.text)))
    }
    if (!isFraction || !isWhole(whole)) return null
    const fraction = this.#power()
    const [above, below] = fraction.kind === 'apply' && fraction.operator === '/' ? fraction.to : []
    const numbers = above && below && isWhole(above) && isWhole(below)
    return numbers ? apply('+', whole, proper(above, below)) : apply('*', whole, fraction)
  }

  #startsFactor(): boolean {
    const text = this.#peek()
    if (this.#kind() !== 'sign') return this.#kind() !== undefined
    if (text === '|') return this.#bars === 0
    return closing.has(text) || ['frac', 'binom', 'sqrt', '√', '∞'].includes(text)
  }

  #factor(): Expression {
    const sign = this.#take('-', '+')
    return sign ? this.#deeper(() => signed(sign, this.#factor())) : this.#power()
  }

  #power(): Expression {
    const isFunction = this.#kind() === 'name' && functions.has(this.#peek())
    const base = this.#deeper(() => (isFunction ? this.#call() : this.#postfix(this.#primary())))
    if (this.#peek() !== '^') return base
    if (isFunction) throw new Unreadable('it is unclear what the power is of')
    this.#next()
    const grouped = this.#peek() === '{' || this.#peek() === '('
    const raised = apply('^', base, this.#exponent())
    if (['!', '%', '°'].includes(this.#peek())) throw new Unreadable('it is unclear what the sign is for')
    if (!grouped && endsInSign(raised)) throw new Unreadable('it is unclear what the sign is for')
    return raised
  }

  #exponent(): Expression {
    return this.#deeper(() => {
      const sign = this.#take('-', '+')
      return signed(sign ?? '+', this.#power())
    })
  }

  #postfix(inner: Expression): Expression {
    const sign = this.#take('!', '%', '°')
    if (!sign) return inner
    if (this.#peek() === '!') throw new Unreadable('a double factorial is not read')
    return this.#postfix(apply(sign, inner))
  }

  #primary(): Expression {
    const { kind, text } = this.#next()
    if (kind === 'number') return number(text)
    if (kind === 'name') return this.#named(text)
    if (text === '∞') return { kind: 'name', name: text }
    if (text === 'frac') return apply('/', ...this.#twoArguments())
    if (text === 'binom') return apply(text, ...this.#twoArguments())
    if (text === 'sqrt') return this.#root()
    if (text === '√') return this.#plainRoot()
    const end = closing.get(text)
    if (!end) throw new Unreadable(`${text} is out of place`)
    return enclosed(text, this.#until(end))
  }

  /** `f(2)` is a value of f, which nobody knows, rather than f times 2. */
  #named(text: string): Expression {
    const name = text + this.#subscript()
    if (/^[fghFGP]/.test(name) && this.#peek() === '(') throw new Unreadable('a function is not known')
    return { kind: 'name', name }
  }

  #until(end: string): Expression {
    const outer = this.#bars
    this.#bars = end === '|' ? 1 : 0
    const inner = this.#deeper(() => this.#sum())
    this.#need(end)
    this.#bars = outer
    return inner
  }

  #root(): Expression {
    const degree = this.#take('[') ? this.#until(']') : number('2')
    return apply('root', this.#argument(), degree)
  }

  /** `√12` and `sqrt 12` are of the whole number. */
  #plainRoot(): Expression {
    if (this.#kind() !== 'number') return this.#root()
    const of = number(this.#next().text)
    if (this.#startsFactor()) throw new Unreadable('it is unclear where the root ends')
    return apply('root', of, number('2'))
  }

  /** `{1}{2}`, `1{2}`, `12`. */
  #twoArguments(): [Expression, Expression] {
    const [, above, below] = /^(\d)(\d)$/.exec(this.#peek()) ?? []
    if (above === undefined || below === undefined) return [this.#argument(), this.#argument()]
    this.#next()
    return [number(above), number(below)]
  }

  /** A group, or what TeX takes without one: a single digit or letter. */
  #argument(): Expression {
    const { kind, text } = this.#next()
    if (kind === 'number' && /^\d$/.test(text)) return number(text)
    if (kind === 'name' && !functions.has(text)) return { kind, name: text }
    const end = text === '{' || text === '(' ? closing.get(text) : undefined
    if (!end) throw new Unreadable(`an argument cannot begin with ${text}`)
    return this.#until(end)
  }

  #subscript(): string {
    if (!this.#take('_')) return ''
    if (!this.#take('{')) return `_${this.#next().text}`
    let text = '_'
    while (this.#peek() !== '}') text += this.#next().text
    this.#need('}')
    return text
  }

  #call(): Expression {
    const name = this.#next().text
    const base = name === 'log' && this.#take('_') ? this.#argument() : null
    const power = this.#take('^') ? this.#exponent() : null
    const inner = this.#operand()
    if (power && isMinusOne(power)) return apply(inverse(name), inner)
    const called = base ? apply('log', inner, base) : apply(name, inner)
    return power ? apply('^', called, power) : called
  }

  /** `sin(x)` takes the brackets, `sin 2x` the product up to the next sign or function. */
  #operand(): Expression {
    const bracketed = ['(', '[', '{'].includes(this.#peek())
    let operand = bracketed ? this.#primary() : this.#power()
    if (bracketed && ['!', '%'].includes(this.#peek()))
      throw new Unreadable('it is unclear what the sign is for')
    while (!bracketed && this.#startsFactor() && this.#kind() === 'name' && !functions.has(this.#peek()))
      operand = apply('*', operand, this.#power())
    return operand
  }
}

const signed = (sign: string, of: Expression): Expression =>
  sign === '+' ? of : apply(sign === '-' ? 'neg' : sign, of)

const endsInSign = (of: Expression): boolean => {
  const last = of.kind === 'apply' ? of.to[1] : undefined
  return last?.kind === 'apply' && ['!', '%', '°'].includes(last.operator)
}

const isWhole = (of: Expression): boolean => of.kind === 'number' && /^\d+$/.test(of.digits)

function proper(above: Expression, below: Expression): Expression {
  const [n, d] = [above, below].map(part => (part.kind === 'number' ? Number(part.digits) : Number.NaN))
  if (!(Number(n) > 0 && Number(n) < Number(d)))
    throw new Unreadable('a mixed number has an improper fraction')
  return apply('/', above, below)
}

function enclosed(open: string, inner: Expression): Expression {
  const named = new Map(Object.entries({ '|': 'abs', '⌊': 'floor', '⌈': 'ceil' })).get(open)
  return named ? apply(named, inner) : inner
}

const isMinusOne = (of: Expression): boolean =>
  of.kind === 'apply' && of.operator === 'neg' && of.to[0]?.kind === 'number' && of.to[0].digits === '1'

function inverse(name: string): string {
  if (!['sin', 'cos', 'tan'].includes(name)) throw new Unreadable(`${name} to the power of -1 is unclear`)
  return `arc${name}`
}
