export { type ChangedConfig, changeConfigFile } from './change-config-file.ts'
export { lineOf } from './config-tree.ts'
export type { ConfigEdit } from './edit-config-text.ts'
export { findConfigProblems, findConfigWarnings } from './find-problems.ts'
