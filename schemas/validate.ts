import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Static, TSchema } from 'typebox'

const ajv = new Ajv2020({ allErrors: false, strict: false })

export type Validation<T> = { ok: true; value: T } | { ok: false; field: string; message: string }

/** Compile a schema once; the checker says which field is wrong and how, in words. */
export function validator<S extends TSchema>(schema: S): (value: unknown) => Validation<Static<S>> {
  const validate = ajv.compile<Static<S>>(schema)
  return value => {
    if (validate(value)) return { ok: true, value }
    const error = validate.errors?.[0]
    const extra = error?.params.additionalProperty ?? error?.params.missingProperty
    const field = (error?.instancePath ?? '').slice(1).replaceAll('/', '.')
    return { ok: false, field, message: `${error?.message ?? 'is wrong'}${extra ? ` (${extra})` : ''}` }
  }
}
