// An automation that looks after its own token: `node examples/automation.ts ws://127.0.0.1:18789 ./bot 3600`
//
// It has its secret replaced every so many seconds, and comes back with the new one. Where its token has a
// deadline, it says when that comes; once it has passed, the session files a renewal and waits for an operator.
import { setTimeout as pause } from 'node:timers/promises'
import { ClientError, connectGateway, createFileTokenStore, loadOrCreateFileKey } from '@pairgate/client'

const [url = 'ws://127.0.0.1:18789', folder = './bot', every = '3600'] = process.argv.slice(2)
const key = await loadOrCreateFileKey(`${folder}/device.pem`)

const session = connectGateway({
  url,
  key,
  tokens: createFileTokenStore(`${folder}/tokens.json`),
  // To replace its own secret a device needs `operator.pairing`; of other devices it sees nothing by that.
  scopes: ['operator.read', 'operator.pairing'],
  displayName: 'Example automation',
  wait: true,
  onPending: ({ requestId, reason, authReason = reason }) =>
    console.log(`an operator has to approve ${requestId} (${authReason})`),
})
session.onState((state) => {
  if (state.kind !== 'open') return
  const { expiresAtMs } = state.connection.hello.auth
  const deadline = expiresAtMs === undefined ? 'no deadline' : new Date(expiresAtMs).toISOString()
  console.log(`in, ${deadline}`)
})

for (;;) {
  try {
    const own = { deviceId: key.deviceId, role: 'operator' }
    await session.request('device.token.rotate', own, { timeoutMs: 600_000 })
    console.log('the secret was replaced')
  } catch (error) {
    // Of no consequence: whether or not it was replaced, the session is given the one that counts.
    if (!(error instanceof ClientError) || !error.shouldRetry()) throw error
  }
  await pause(Number(every) * 1_000)
}
