import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linesOf, textLines } from '../../schemas/lines.ts'
import { temporaryFolder } from '../fixtures.ts'

const texts: [what: string, text: string, lines: string[]][] = [
  ['lines', 'a\nb\n', ['a', 'b']],
  ['a last line without an end', 'a\nb', ['a', 'b']],
  ['an empty line', 'a\n\nb\n', ['a', '', 'b']],
  ['nothing', '', []],
  ['separators that only Unicode knows', 'a\u2028b\u2029c\u0085d\n', ['a\u2028b\u2029c\u0085d']],
  ['a carriage return', 'a\rb\r\n', ['a\rb\r']],
]

test.each(texts)(
  '%s are told apart by line feeds alone, wherever the file is cut',
  async (_, text, lines) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'lines')
    await writeFile(path, text)
    expect(await Array.fromAsync(linesOf(path))).toEqual(lines)
    const bytes = [...Buffer.from(text)].map(byte => Uint8Array.of(byte))
    expect(await Array.fromAsync(textLines(bytes))).toEqual(lines)
  },
)
