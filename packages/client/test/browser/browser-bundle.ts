import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import type { connectGateway } from '../../src/connect-gateway.ts'
import type { createFetch } from '../../src/http/create-fetch.ts'
import type { DeviceKey } from '../../src/key/device-key.ts'
import type { pairDevice } from '../../src/pair-device.ts'
import type { createMemoryTokenStore } from '../../src/tokens/memory-token-store.ts'
import type { TokenStore } from '../../src/tokens/token-store.ts'

/** What tests use of the bundle, in words that need no DOM. */
export interface Library {
  readonly connectGateway: typeof connectGateway
  readonly createFetch: typeof createFetch
  readonly createMemoryTokenStore: typeof createMemoryTokenStore
  readonly pairDevice: typeof pairDevice
  loadOrCreateBrowserKey(options?: { readonly name?: string }): Promise<DeviceKey>
  createBrowserTokenStore(): TokenStore
}

/** The library as a page loads it, with everything in it, in a folder of its own. */
export async function bundleForBrowsers(hooks: { after(cleanUp: () => void): void }): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'browser-bundle-'))
  hooks.after(() => rmSync(dir, { recursive: true, force: true }))
  await build({
    input: { client: fileURLToPath(new URL('../../src/browser.ts', import.meta.url)) },
    platform: 'browser',
    tsconfig: false,
    output: { dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
  })
  return dir
}
