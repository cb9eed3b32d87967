/** The gateway cannot listen where it was told to. The message is a sentence and what to do next. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}
