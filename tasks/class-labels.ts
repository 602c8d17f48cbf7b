import type { FileMetaData } from 'hyparquet'
import { shortened } from '../schemas/input-error.ts'
import { isObject, parseJson } from '../schemas/json.ts'
import { type Row, valueAt } from './fields.ts'

/** Puts names in place of the labels in a value. */
type Naming = (value: unknown) => unknown

/**
 * Puts names in place of class labels, at any depth, by the features that Hugging Face's `datasets` keeps in the footer
 * under `huggingface` (https://huggingface.co/docs/datasets/about_dataset_features). No label (-1) becomes null, and
 * one without a name an Error that says so.
 */
export function labelNames(metadata: FileMetaData): (row: Row) => Row {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
  const features = valueAt({ written: parseJson(text ?? '') }, 'written.info.features')
  const naming = isObject(features) ? ofFields(features) : null
  return naming ? row => naming(row) as Row : row => row
}

/** Of a feature; null where no label is in it. Lists nest theirs under `feature`, or are a list of one feature. */
function namingOf(feature: unknown): Naming | null {
  if (Array.isArray(feature)) return namingOf(feature[0])
  if (!isObject(feature)) return null
  if (typeof feature._type !== 'string') return ofFields(feature)
  if (feature._type !== 'ClassLabel') return namingOf(feature.feature)
  const { names } = feature
  return Array.isArray(names) ? ofEach(value => nameOf(value, names)) : null
}

/** Older versions write a list of structs as a struct of lists, so any value may be a list of what is meant. */
const ofEach = (naming: Naming): Naming =>
  function each(value): unknown {
    return Array.isArray(value) ? value.map(each) : naming(value)
  }

function ofFields(features: Row): Naming | null {
  const namings = Object.entries(features).flatMap(([name, feature]): [string, Naming][] => {
    const naming = namingOf(feature)
    return naming ? [[name, naming]] : []
  })
  if (namings.length === 0) return null
  return ofEach(value => {
    if (!isObject(value)) return value
    const present = namings.filter(([name]) => Object.hasOwn(value, name))
    return { ...value, ...Object.fromEntries(present.map(([name, naming]) => [name, naming(value[name])])) }
  })
}

function nameOf(value: unknown, names: readonly unknown[]): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  const label = Number(value)
  if (label === -1) return null
  const all = shortened(names.join(', '))
  return names[label] ?? new Error(`is the class label ${label}, but the names are ${all}; correct the row`)
}
