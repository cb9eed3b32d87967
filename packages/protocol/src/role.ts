/** What a device is to the gateway: an `operator` controls, a `node` offers capabilities (protocol fact 12). */
export const ROLES = ['operator', 'node'] as const
export type Role = (typeof ROLES)[number]

/** @returns the role, or `undefined` for any other word. */
export function parseRole(text: string): Role | undefined {
  return ROLES.find((role) => role === text)
}
