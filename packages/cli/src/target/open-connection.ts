import { readFile } from 'node:fs/promises'
import type { Connection } from '@pairgate/client'
import { decodeBase64, type Role } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import type { Way } from './choose-way.ts'
import type { Secret } from './resolve-target.ts'

const LOCAL_KEY_BYTES = 32

export interface Asked {
  readonly scopes: readonly string[]
  readonly role: Role
  readonly timeoutMs: number
}

/** @throws ClientError, or CommandError when the owner's key cannot be read. */
export async function openConnection(way: Way, asked: Asked): Promise<Connection> {
  const { connectAsDevice, connectAsOwner, connectWithSecret } = await import('@pairgate/client')
  switch (way.kind) {
    case 'owner': {
      const { scopes, timeoutMs } = asked
      return connectAsOwner({
        socketPath: way.socketPath,
        localKey: await readLocalKey(way),
        scopes,
        timeoutMs,
      })
    }
    case 'secret':
      return connectWithSecret({
        url: way.url,
        tlsFingerprint: way.tlsFingerprint,
        ...asked,
        ...given(way.secret),
      })
    case 'device':
      return connectAsDevice({
        url: way.url,
        key: way.key,
        tokens: way.tokens,
        tlsFingerprint: way.tlsFingerprint,
        ...asked,
        ...given(way.secret),
      })
  }
}

/** The parts of a secret that there are. */
export function given(secret: Secret | undefined): { readonly token?: string; readonly password?: string } {
  return {
    ...(secret?.token !== undefined && { token: secret.token }),
    ...(secret?.password !== undefined && { password: secret.password }),
  }
}

async function readLocalKey({
  localKeyPath: path,
  url,
  socketPath,
}: Way & { readonly kind: 'owner' }): Promise<Uint8Array> {
  try {
    const key = decodeBase64((await readFile(path, 'utf8')).trim())
    if (key?.length === LOCAL_KEY_BYTES) return key
  } catch (error) {
    throw describeKeyFault(error, path, { url, socketPath })
  }
  throw new CommandError(`${path} is damaged: it should hold ${LOCAL_KEY_BYTES} bytes in base64url.`, {
    next: ['Restore it from a backup, or remove it and restart the gateway, which makes a new one.'],
  })
}

// The gateway makes the key when it starts for the first time: without the key there is no gateway.
function describeKeyFault(error: unknown, path: string, where: { url: string; socketPath: string }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM') {
    return new CommandError(`This user may not read ${path}, which makes the owner of the gateway.`, {
      next: [
        'Run the command as the user that runs the gateway, or pair this user: openclaw connect --url <url>',
      ],
    })
  }
  if (code !== 'ENOENT') return error
  const message = `Gateway not reachable at ${where.socketPath} (${code}).`
  return new CommandError(message, {
    next: ['Start it with `openclaw gateway run` or check `openclaw gateway status`.'],
    shape: { type: 'gateway_transport_error', kind: 'closed', message, reason: code },
    gateway: { url: where.url, urlSource: 'local owner socket' },
    passing: true,
  })
}
