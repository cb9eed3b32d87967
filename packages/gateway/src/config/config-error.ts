/** The operator said something that cannot be meant. The message is a sentence and what to do next. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
