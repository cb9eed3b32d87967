import type { Connection, MethodResult } from '@pairgate/client'
import { coversScopes, type Role, SCOPES } from '@pairgate/protocol'
import type { HelloOk, MethodName, MethodParams } from '@pairgate/protocol/wire'
import { chooseWay, type Way } from './choose-way.ts'
import { type ErrorPlace, explainClientError } from './explain-client-error.ts'
import { openConnection } from './open-connection.ts'
import { findLocalFiles, readTargetFacts, type TargetFlags } from './read-target-facts.ts'
import { resolveTarget, type Target } from './resolve-target.ts'
import { wherePaired } from './where-paired.ts'

export interface LinkOptions extends TargetFlags {
  readonly timeoutMs: number
  /** The method that the command is about, for the sentence that says credentials are missing. */
  readonly method: string
  readonly role?: Role | undefined
  /** This device's own token is what the caller means, if there is one for the gateway. */
  readonly preferDevice?: boolean
  /** Nobody but a paired device can do this. */
  readonly needsDevice?: boolean
}

/** A command's way to its gateway. It connects when it must, with no more scopes than what is called needs. */
export interface GatewayLink {
  readonly target: Target
  /** The device that the command acts as; `undefined` for the owner and for a bare secret. */
  readonly deviceId: string | undefined
  /** The hello of a connection that holds these scopes, or as many of them as the caller has. */
  greet(scopes: readonly string[]): Promise<HelloOk>
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    scopes: readonly string[],
  ): Promise<MethodResult<M>>
  call(method: string, params: unknown, scopes: readonly string[]): Promise<unknown>
  /** The connection itself, for who wants to hear its events; the link closes it. */
  connection(scopes: readonly string[]): Promise<Connection>
  close(): Promise<void>
}

/** @throws CommandError for a target or credentials that cannot be meant. */
export async function openLink(options: LinkOptions): Promise<GatewayLink> {
  const files = await findLocalFiles(process.env)
  const named = resolveTarget(await readTargetFacts(options, process.env, files))
  const target = options.needsDevice ? await wherePaired(named, files, options.role ?? 'operator') : named
  const place = { target, configFile: files.configFile }
  const way = await explained(place, () => chooseWay(target, { ...options, files }))
  return createLink(way, place, options)
}

/** Does `work` with a link and closes it, whatever happens. */
export async function withLink<T>(options: LinkOptions, work: (link: GatewayLink) => Promise<T>): Promise<T> {
  const link = await openLink(options)
  try {
    return await work(link)
  } finally {
    await link.close()
  }
}

function createLink(way: Way, place: ErrorPlace, { timeoutMs, role = 'operator' }: LinkOptions): GatewayLink {
  let live: { readonly connection: Connection; readonly scopes: readonly string[] } | undefined

  async function connect(needed: readonly string[]): Promise<Connection> {
    if (live && coversScopes(live.scopes, needed)) return live.connection
    await live?.connection.close()
    live = undefined
    const scopes = scopesToAsk(way, role, needed)
    const connection = await openConnection(way, { scopes, role, timeoutMs })
    live = { connection, scopes }
    return connection
  }

  const withConnection = <T>(
    scopes: readonly string[],
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> => explained(place, async () => work(await connect(scopes)))

  return {
    target: place.target,
    deviceId: way.kind === 'device' ? way.key.deviceId : undefined,
    greet: (scopes) => withConnection(scopes, async ({ hello }) => hello),
    request: (method, params, scopes) =>
      withConnection(scopes, (connection) => connection.request(method, params, { timeoutMs })),
    call: (method, params, scopes) =>
      withConnection(scopes, (connection) => connection.call(method, params, { timeoutMs })),
    connection: (scopes) => withConnection(scopes, async (connection) => connection),
    async close() {
      await live?.connection.close()
    },
  }
}

// The owner and a token have what they have; a secret, as in OpenClaw, gives whatever is asked for.
function scopesToAsk(way: Way, role: Role, needed: readonly string[]): readonly string[] {
  if (role !== 'operator') return []
  const hasGrant = way.kind === 'owner' || (way.kind === 'device' && way.isPaired)
  return hasGrant ? SCOPES : needed
}

/** Does `work`; what the library says went wrong is told in the words of the command. */
export async function explained<T>(place: ErrorPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { ClientError } = await import('@pairgate/client')
    throw error instanceof ClientError ? explainClientError(error, place) : error
  }
}
