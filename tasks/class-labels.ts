import type { FileMetaData } from 'hyparquet'
import type { Row } from './fields.ts'

type Names = Map<string, string[]>

/**
 * Puts names in place of class labels, by the features that Hugging Face's `datasets` keeps in the footer under
 * `huggingface` (https://huggingface.co/docs/datasets/about_dataset_features). No label (-1) becomes null.
 */
export function labelNames(metadata: FileMetaData): (row: Row) => Row {
  const names = namesOf(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value)
  if (names.size === 0) return row => row
  return row => {
    for (const [column, labels] of names) if (column in row) row[column] = named(row[column], labels)
    return row
  }
}

function named(value: unknown, labels: string[]): unknown {
  if (Array.isArray(value)) return value.map(item => named(item, labels))
  const isLabel = typeof value === 'bigint' || typeof value === 'number'
  return isLabel ? (labels[Number(value)] ?? null) : value
}

function namesOf(text: string | undefined): Names {
  const names: Names = new Map()
  for (const [column, feature] of Object.entries(featuresOf(text))) {
    const labels = labelsOf(feature)
    if (labels) names.set(column, labels)
  }
  return names
}

interface Feature {
  _type?: string
  names?: string[]
  feature?: Feature
}

/** Lists nest their feature under `feature`; a list of one feature is the older spelling. */
function labelsOf(feature: Feature | Feature[]): string[] | null {
  const inner = Array.isArray(feature) ? feature[0] : feature
  if (inner?._type === 'ClassLabel' && Array.isArray(inner.names)) return inner.names
  return inner?.feature ? labelsOf(inner.feature) : null
}

function featuresOf(text: string | undefined): Record<string, Feature | Feature[]> {
  try {
    return JSON.parse(text ?? '{}')?.info?.features ?? {}
  } catch {
    return {}
  }
}
