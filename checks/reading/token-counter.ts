import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { fromConfig } from '../../schemas/config-folder.ts'
import { sha256 } from '../../schemas/hash.ts'
import { thing } from '../../schemas/options.ts'

/** Counts the tokens of a text. `name` says exactly which tokenizer it is. */
export interface TokenCounter {
  name: string
  count(text: string): number
}

export const TokenCounter = thing<TokenCounter>('a counter', '{ name, count }', {
  name: 'string',
  count: 'function',
})

/** No token of the byte-level tokenizers in use is shorter than a byte, so this is never too few. */
export const byteBound: TokenCounter = { name: 'bytes', count: text => Buffer.byteLength(text) }

/**
 * The tokenizer of a model, from its `tokenizer.json` as Hugging Face has it. Throws an error in one line where the
 * file is not there or is none.
 */
export function tokenizerFile(path: string): TokenCounter {
  try {
    const json = readFileSync(fromConfig(path), 'utf8')
    const tokenizer = new Tokenizer(JSON.parse(json), {})
    const count = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids.length
    return { name: `${basename(path)} ${sha256(json).slice(0, 12)}`, count }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new Error(`${path} cannot be read as a tokenizer.json: ${reason}`)
  }
}
