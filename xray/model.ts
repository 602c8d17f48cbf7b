import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { InputError } from '../schemas/input-error.ts'
import { isObject, type Json, parseJson } from '../schemas/json.ts'
import { families, familyNamed, type StudentFamily } from './family.ts'

/** What rows are rendered for. */
export interface Model {
  family: StudentFamily
  /** Its chat template, where there is one. Throws what the template raises. */
  chat?: (messages: readonly Json[], options?: ChatOptions) => string
  /** Its folder, if one was given: its tokenizer and processor are there. */
  folder?: string
}

export interface ChatOptions {
  tools?: Json
  /** End with the head of the model’s next turn. */
  ask?: boolean
}

/**
 * A model by its family’s name, or by a folder with its `config.json` and chat template. `template` is a chat template
 * that takes the place of its own. Throws InputError.
 */
export function studentModel(given: string, template?: string): Model {
  const known = familyNamed(given)
  if (known) return { family: known, ...chatBy(template ?? known.template) }
  if (!existsSync(given) || !statSync(given).isDirectory())
    throw new InputError([
      `--model ${given}: neither a family (${families.map(({ name }) => name).join(', ')}) nor a folder of a model; name one of these`,
    ])
  return { family: familyIn(given), folder: given, ...(template ? chatBy(template) : ownChat(given)) }
}

function familyIn(folder: string): StudentFamily {
  const { model_type: type } = jsonFile(join(folder, 'config.json'))
  const family = typeof type === 'string' ? familyNamed(type) : undefined
  if (family) return family
  throw new InputError([
    `${join(folder, 'config.json')}: model_type ${type ?? 'is missing'}; known are ${families.map(({ name }) => name).join(', ')}`,
  ])
}

/** The template of a model’s folder, in the files in which newer and older models have it. */
function ownChat(folder: string): Pick<Model, 'chat'> {
  const jinja = join(folder, 'chat_template.jinja')
  if (existsSync(jinja)) return chatBy(jinja)
  for (const name of ['chat_template.json', 'tokenizer_config.json']) {
    const { chat_template: text } = existsSync(join(folder, name)) ? jsonFile(join(folder, name)) : {}
    if (typeof text === 'string') return chatFrom(text, join(folder, name))
  }
  return {}
}

function jsonFile(path: string): Record<string, unknown> {
  const value = parseJson(textOf(path))
  if (isObject(value)) return value
  throw new InputError([`${path} holds no JSON object; give the folder as it was downloaded`])
}

const chatBy = (file: string | URL | undefined): Pick<Model, 'chat'> =>
  file === undefined ? {} : chatFrom(textOf(file), String(file))

function textOf(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError([`${file} cannot be read; check the path`], { cause: error })
  }
}

function chatFrom(text: string, path: string): Pick<Model, 'chat'> {
  try {
    const template = new Template(text)
    return {
      chat: (messages, { tools = null, ask = false } = {}) =>
        template.render({ messages, tools, add_generation_prompt: ask, bos_token: '', eos_token: '' }),
    }
  } catch (error) {
    throw new InputError([`${path} is no chat template (${String(error).split('\n')[0]}); check the file`])
  }
}
