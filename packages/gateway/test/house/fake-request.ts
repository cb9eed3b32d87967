import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { OwnerSocketRequest } from '../../src/http/owner-request.ts'

export interface FakeRequest {
  readonly from?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
  readonly encrypted?: boolean
  readonly ownerSocket?: boolean
}

/** A parsed request as Node hands it over, without a connection behind it. */
export function fakeRequest({
  from,
  headers = {},
  url = '/',
  encrypted,
  ownerSocket,
}: FakeRequest): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: from })
  if (encrypted) Object.defineProperty(socket, 'encrypted', { value: true })
  const request = ownerSocket ? new OwnerSocketRequest(socket) : new IncomingMessage(socket)
  request.url = url
  for (const [name, value] of Object.entries(headers)) {
    request.headers[name.toLowerCase()] = value
    request.rawHeaders.push(name, value)
  }
  return request
}
