import { Ajv, type Options } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'

const settings: Options = { allErrors: false, strict: false, logger: false }

const newest = 'https://json-schema.org/draft/2020-12/schema'
const dialects: Record<string, () => Ajv | Ajv2019 | Ajv2020> = {
  'http://json-schema.org/draft-07/schema': () => new Ajv(settings),
  'https://json-schema.org/draft/2019-09/schema': () => new Ajv2019(settings),
  [newest]: () => new Ajv2020(settings),
}

const ours = new Ajv2020(settings)

export type Validation<T> = { ok: true; value: T } | { ok: false; field: string; message: string }

/**
 * Compile a schema once; the checker says which field is wrong and how, in words. Draft-07, 2019-09 and 2020-12 are
 * known; a schema that does not say which it is is read as the last. Throws where it does not compile.
 */
export function validator<S extends TSchema>(schema: S): (value: unknown) => Validation<Static<S>> {
  const validate = compilerOf(schema).compile<Static<S>>(schema)
  return value => {
    if (validate(value)) return { ok: true, value }
    const error = validate.errors?.[0]
    const extra = error?.params.additionalProperty ?? error?.params.missingProperty
    const field = (error?.instancePath ?? '').slice(1).replaceAll('/', '.')
    return { ok: false, field, message: `${error?.message ?? 'is wrong'}${extra ? ` (${extra})` : ''}` }
  }
}

/** The same, compiled where the first value is held against it: that takes time, and most commands hold none. */
export function lazyValidator<S extends TSchema>(schema: S): (value: unknown) => Validation<Static<S>> {
  let validate: ((value: unknown) => Validation<Static<S>>) | undefined
  return value => {
    validate ??= validator(schema)
    return validate(value)
  }
}

/** Schemas of others may name themselves, and two may have one name, so each is compiled where nothing else is. */
function compilerOf(schema: TSchema) {
  if (!/"(\$\w+|format)":/.test(JSON.stringify(schema))) return ours
  const dialect = '$schema' in schema ? String(schema.$schema).replace(/#$/, '') : newest
  const make = dialects[dialect]
  if (!make) throw new Error(`its dialect ${dialect} is not known`)
  return formats.default(make())
}
