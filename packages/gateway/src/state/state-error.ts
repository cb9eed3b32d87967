/** The state on disk is not what it must be. The message is a sentence and what to do next. */
export class StateError extends Error {
  override readonly name = 'StateError'
}
