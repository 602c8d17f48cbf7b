/** Two exports, as the texts of their files: some are the same, also under another name. */
export const first = { 'README.md': 'one', 'hf/old.parquet': 'rows' }
export const second = { 'README.md': 'two', 'hf/renamed.parquet': 'rows', 'hf/new.parquet': 'more' }
