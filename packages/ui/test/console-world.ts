import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { connectAsDevice, createMemoryTokenStore, type DeviceKey } from '@pairgate/client'
import type { BrowserContextOptions } from 'playwright-core'
import { type BrowserWorld, openBrowser, type Visit } from './browser-world.ts'
import type { TestHooks } from './ui-world.ts'

export interface ConsoleWorld extends BrowserWorld {
  readonly consolePage: string
  /** The console in a browser that was let in with these scopes; an admin's, unless told otherwise. */
  open(order: OpenOrder): Promise<Visit>
  device(displayName: string): TestDevice
}

interface OpenOrder {
  readonly scopes?: readonly string[]
  readonly session?: string
  readonly view?: string
  readonly options?: BrowserContextOptions
}

/** A device that is no browser. */
export interface TestDevice {
  readonly deviceId: string
  /** Files a request, or comes in if it may. @returns the scopes that it has, or the id of its request. */
  ask(scopes: readonly string[], said?: { readonly platform?: string }): Promise<readonly string[] | string>
  redeem(invitation: string): Promise<readonly string[] | string>
}

export async function openConsole(
  hooks: TestHooks,
  config: object = {},
  sections: object = {},
): Promise<ConsoleWorld> {
  const world = await openBrowser(hooks, config, sections)
  const consolePage = `${world.origin}/__pairgate__/`
  const url = `ws://127.0.0.1:${world.port}/`

  return Object.assign(Object.create(null, Object.getOwnPropertyDescriptors(world)), {
    consolePage,
    async open({ scopes = ['operator.admin'], session, view = 'requests', options = {} }: OpenOrder) {
      const order = { scopes: [...scopes], ...(session !== undefined && { session }) }
      const { secret } = await world.owner.request('device.pair.invite', order)
      const visit = await world.visit(`${consolePage}pair?to=${view}#${secret}`, options)
      await visit.page.locator('.card .button-main').click()
      await visit.page.waitForURL(`${consolePage}#${view}`)
      await visit.page.locator('.nav').waitFor()
      return visit
    },
    device(displayName: string): TestDevice {
      const key = newKey()
      const tokens = createMemoryTokenStore()
      async function enter(facts: object): Promise<readonly string[] | string> {
        try {
          const connection = await connectAsDevice({ url, key, tokens, displayName, scopes: [], ...facts })
          await connection.close()
          return connection.hello.auth.tokenScopes ?? []
        } catch (error) {
          const { requestId, message } = error as { requestId?: string; message: string }
          if (requestId === undefined) throw new Error(message)
          return requestId
        }
      }
      return {
        deviceId: key.deviceId,
        ask: (scopes, client = {}) => enter({ scopes, client }),
        redeem: (invitation) => enter({ invitation }),
      }
    },
  })
}

function newKey(): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const deviceId = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('hex')
  return {
    deviceId: deviceId as DeviceKey['deviceId'],
    publicKey: x,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}
