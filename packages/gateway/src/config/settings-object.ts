/** Whether a value of the settings holds further ones by name. */
export function isSettingsObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
