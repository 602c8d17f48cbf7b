/** Brackets of every kind; in mathematics ⦃ ⦄ are those of sets. */
const opening = /[([{⦃]/
const closing = /[)\]}⦄]/

const step = (sign: string): number => (opening.test(sign) ? 1 : 0) - (closing.test(sign) ? 1 : 0)

/** The parts of a text between separators that stand outside all brackets. */
export function parted(text: string, separator: RegExp): { parts: string[]; signs: string[] } {
  const [parts, signs] = [[''], [] as string[]]
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const found = depth === 0 ? separator.exec(text.slice(at))?.[0] : undefined
    const sign = text.charAt(at)
    if (found !== undefined) {
      signs.push(found.trim())
      parts.push('')
    } else {
      depth += step(sign)
      depth += (/^\\begin\{/.test(text.slice(at)) ? 1 : 0) - (/^\\end\{/.test(text.slice(at)) ? 1 : 0)
      parts.push(`${parts.pop() ?? ''}${sign}`)
    }
    at += found?.length ?? 1
  }
  return { parts: parts.map(part => part.trim()), signs }
}

/** Whether the first bracket of a text closes with its last. */
export function holdsAll(text: string): boolean {
  let depth = 0
  return [...text.slice(0, -1)].every(sign => {
    depth += step(sign)
    return depth > 0
  })
}
