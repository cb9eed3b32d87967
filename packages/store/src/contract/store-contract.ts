import { describe } from 'node:test'
import { describeAccessTokens } from './access-token-contract.ts'
import { describeAppTickets } from './app-ticket-contract.ts'
import { describeDevices } from './device-contract.ts'
import { describeDevicePages } from './device-page-contract.ts'
import { describeErasures } from './erasure-contract.ts'
import { describeEvents } from './event-contract.ts'
import { describeFeed } from './feed-contract.ts'
import { describeGuests } from './guest-contract.ts'
import { describeImports } from './import-contract.ts'
import { describeInvitations } from './invitation-contract.ts'
import { describeLimits } from './limit-contract.ts'
import { describeMessages } from './message-contract.ts'
import { describeAgainstModel } from './model-contract.ts'
import { describePruning } from './pruning-contract.ts'
import { describeRequests } from './request-contract.ts'
import { describeSessions } from './session-contract.ts'
import { describeTokens } from './token-contract.ts'
import { describeTransactions } from './transaction-contract.ts'
import type { OpenStore } from './with-store.ts'

/**
 * What every store has to keep, whatever lies beneath it. `open` gives an empty one each time; so many random
 * `lives` of a store are lived.
 */
export function describeStoreContract(name: string, open: OpenStore, lives = 40): void {
  describe(`store contract: ${name}`, () => {
    describeDevices(open)
    describeDevicePages(open)
    describeTokens(open)
    describeAccessTokens(open)
    describeAppTickets(open)
    describeRequests(open)
    describeSessions(open)
    describeMessages(open)
    describeInvitations(open)
    describeImports(open)
    describeEvents(open)
    describeErasures(open)
    describePruning(open)
    describeLimits(open)
    describeFeed(open)
    describeGuests(open)
    describeTransactions(open)
    describeAgainstModel(open, lives)
  })
}
