import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What opens a page on a desktop. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
  freebsd: ['xdg-open'],
}

export interface Desktop {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  readonly platform?: NodeJS.Platform
}

export interface OpenedPage {
  /** Takes back what was laid out for the browser. */
  forget(): void
}

/**
 * Opens a link that nobody else may read. Every user of the machine reads the arguments of every process, so
 * the browser is given the name of a file that only this user can read, and the file leads to the link.
 * @returns `undefined` where there is no desktop, or nothing that opens a page.
 */
export async function openInBrowser(link: string, desktop: Desktop): Promise<OpenedPage | undefined> {
  const { env, home, platform = process.platform } = desktop
  const opener = hasDesktop(env, platform) ? OPENERS[platform] : undefined
  if (!opener) return undefined
  const folder = layOut(link, home)
  if (folder === undefined) return undefined
  const forget = (): void => rmSync(folder, { recursive: true, force: true })
  const [command, ...args] = opener
  const started = Promise.withResolvers<boolean>()
  const child = spawn(command, [...args, join(folder, PAGE)], { detached: true, stdio: 'ignore' })
  child.on('error', () => started.resolve(false))
  child.on('spawn', () => started.resolve(true))
  child.unref()
  if (await started.promise) return { forget }
  forget()
  return undefined
}

const PAGE = 'open.html'

/**
 * Below the home directory, and not hidden: browsers from an app store see neither `/tmp` nor what begins with
 * a dot.
 */
function layOut(link: string, home: string): string | undefined {
  try {
    const folder = mkdtempSync(join(home, 'pairgate-open-'))
    writeFileSync(join(folder, PAGE), pageTo(link), { mode: 0o600 })
    return folder
  } catch {
    return undefined
  }
}

function pageTo(link: string): string {
  const url = link.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>Pairgate</title>
<p><a href="${url}">Go on to the gateway</a></p>
</html>
`
}

/** Whoever came by SSH sits elsewhere, also where a display is forwarded. */
function hasDesktop(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env['SSH_CONNECTION'] !== undefined) return false
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])
}
