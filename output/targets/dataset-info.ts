/** The tags of LLaMA-Factory's sharegpt form that the targets fill in differently. */
interface Tags {
  role: string
  content: string
  user: string
  assistant: string
}

/** `dataset_info.json` for one data set. A tag that is left out counts as none at all, and its rows are skipped. */
export const datasetInfo = (
  name: string,
  columns: Record<string, string>,
  { role, content, user, assistant }: Tags,
): string => {
  const tags = {
    role_tag: role,
    content_tag: content,
    user_tag: user,
    assistant_tag: assistant,
    observation_tag: 'observation',
    function_tag: 'function_call',
    system_tag: 'system',
  }
  return `${JSON.stringify({ [name]: { file_name: 'train', formatting: 'sharegpt', columns, tags } }, null, 2)}\n`
}
