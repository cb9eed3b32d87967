import { connectGateway, createBrowserTokenStore, loadOrCreateBrowserKey } from '@pairgate/client'

const url = new URLSearchParams(location.search).get('gateway') ?? 'ws://127.0.0.1:18789'
const show = (id, text) => {
  document.getElementById(id).textContent = text
}

const key = await loadOrCreateBrowserKey()
show('key', key.storage)

const session = connectGateway({
  url,
  key,
  tokens: createBrowserTokenStore(),
  scopes: ['operator.read'],
  displayName: 'Example page',
  wait: true,
  onPending: ({ fingerprint }) => show('words', fingerprint),
})
session.onState(({ kind }) => show('state', kind))
const health = await session.request('health', {}, { timeoutMs: 600_000 })
show('health', health.ok ? 'yes' : 'no')
