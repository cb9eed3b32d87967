/** Whether a value holds the one character that PostgreSQL cannot store. Both engines refuse it, to be the same. */
export function holdsNul(values: readonly unknown[]): boolean {
  return values.some((value) => typeof value === 'string' && value.includes('\0'))
}

export function nulRefused(): Error {
  return new Error('text with a NUL character cannot be stored')
}
