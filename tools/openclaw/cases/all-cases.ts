import type { Case } from '../case.ts'
import { DEVICES_CASES } from './devices.ts'
import { AFAR_CASES } from './from-afar.ts'
import { GATEWAY_CASES } from './gateway.ts'
import { MOVED_CASES } from './moved.ts'
import { NODE_CASES } from './node-host.ts'
import { OWN_CASES } from './own-command.ts'
import { CONNECT_CASES } from './own-connect.ts'
import { SETUP_CODE_CASES } from './setup-code.ts'

/** In the order in which they are played and listed. */
export const CASES: readonly Case[] = [
  ...DEVICES_CASES,
  ...GATEWAY_CASES,
  ...SETUP_CODE_CASES,
  ...AFAR_CASES,
  ...NODE_CASES,
  ...OWN_CASES,
  ...CONNECT_CASES,
  ...MOVED_CASES,
]
