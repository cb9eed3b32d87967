import type { GatewaySession } from '@pairgate/client'
import { coversScopes } from '@pairgate/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { BrowserDevice } from '../gateway/browser-device.ts'
import type { Hello } from './link.ts'
import type { Language, Say } from './texts/catalogue.ts'

/** What every view of the console works with. */
export interface Console {
  readonly say: Say
  readonly language: Language
  readonly device: BrowserDevice
  readonly session: GatewaySession
  readonly hello: Hello
  /** The gateway's clock as this machine tells it. */
  readonly gatewayNow: () => number
  /** An instant of the gateway's clock, by this clock. */
  readonly toLocal: (ms: number) => number
  readonly reconnect: () => void
}

export const ConsoleContext = createContext<Console | undefined>(undefined)

export function useConsole(): Console {
  const found = useContext(ConsoleContext)
  if (!found) throw new Error('A view of the console stands outside of it')
  return found
}

/** Whether this connection holds a scope, by name or through another one. */
export function holds({ hello }: Pick<Console, 'hello'>, ...scopes: readonly string[]): boolean {
  return coversScopes(hello.auth.scopes, scopes)
}

/** Whether it may see and open every session. */
export function isEverywhere({ hello }: Pick<Console, 'hello'>): boolean {
  return hello.auth.session === '*'
}
