/** What `config.get` answers; every secret in it is redacted. */
export interface ConfigSnapshot {
  readonly path: string
  readonly exists: boolean
  readonly raw: null
  /** What the file says. */
  readonly parsed: object
  readonly sourceConfig: object
  readonly resolved: object
  readonly valid: boolean
  /** What the gateway runs with. */
  readonly runtimeConfig: object
  readonly config: object
  readonly hash: string
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly warnings: readonly string[]
  readonly legacyIssues: readonly string[]
  /** Only for clients that announced `pairgate-1`. */
  readonly settings?: readonly ConfigSetting[]
}

/** One setting of a running gateway. */
export interface ConfigSetting {
  readonly key: string
  /** Absent when it is unset. */
  readonly value?: unknown
  /** Of a secret: tells its copies apart for who holds the gateway's files, and tells nobody else anything. */
  readonly fingerprint?: string
  readonly source: 'default' | 'file' | 'env' | 'flag'
  /** The variable or the flag. */
  readonly by?: string
  readonly applies: 'live' | 'restart' | 'commands'
  /** The file says something else: what it takes for that to count. */
  readonly pending?: 'reload' | 'restart'
}

/** What `config.reload` answers; a file that cannot be used changes nothing. */
export type ConfigReload =
  | {
      readonly ok: true
      readonly applied: readonly string[]
      readonly needsRestart: readonly string[]
      readonly overridden: readonly { readonly key: string; readonly by: string }[]
    }
  | { readonly ok: false; readonly problem: string }
