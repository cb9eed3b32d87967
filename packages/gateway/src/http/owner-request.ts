import { IncomingMessage } from 'node:http'

/**
 * A request that came over the owner's Unix socket. The class is the mark: it is given by the server
 * that parsed the request, so nothing in the request itself can claim it.
 */
export class OwnerSocketRequest extends IncomingMessage {}
