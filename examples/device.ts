// A device in twenty lines: `node examples/device.ts ws://127.0.0.1:18789 ./device`
import { connectGateway, createFileTokenStore, loadOrCreateFileKey } from '@pairgate/client'

const [url = 'ws://127.0.0.1:18789', folder = './device'] = process.argv.slice(2)

const session = connectGateway({
  url,
  key: await loadOrCreateFileKey(`${folder}/device.pem`),
  tokens: createFileTokenStore(`${folder}/tokens.json`),
  scopes: ['operator.read'],
  displayName: 'Example device',
  wait: true,
  onPending: ({ requestId, fingerprint }) => console.log(`Approve ${requestId} if it shows: ${fingerprint}`),
})
session.onState(({ kind }) => console.log(kind))
for await (const { event, payload } of session.events()) console.log(event, JSON.stringify(payload))
