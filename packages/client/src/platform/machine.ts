const FAMILIES: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'Mac', win32: 'Windows' }

/** What OpenClaw's CLI says about the machine it runs on (interop fact 2). */
export function describeMachine(): { readonly platform: string; readonly deviceFamily?: string } {
  const deviceFamily = FAMILIES[process.platform]
  return { platform: process.platform, ...(deviceFamily && { deviceFamily }) }
}

/** Whether files have owners and modes here; Windows guards the user's directory by other means. */
export const HAS_FILE_MODES = process.platform !== 'win32'

/** The break-glass switch for plaintext in a private network (CLI fact 2). */
export function allowsPrivatePlaintext(): boolean {
  return process.env['OPENCLAW_ALLOW_INSECURE_PRIVATE_WS'] === '1'
}
