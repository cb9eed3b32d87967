import type { ProtocolVersion } from '@pairgate/protocol/wire'
import type { Dialect } from './dialect.ts'
import { DIALECT_3 } from './dialect-3.ts'
import { DIALECT_4 } from './dialect-4.ts'

/** How each protocol is spoken. */
export const DIALECTS: Readonly<Record<ProtocolVersion, Dialect>> = { 3: DIALECT_3, 4: DIALECT_4 }
