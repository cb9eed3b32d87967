import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { PoolClient } from 'pg'
import { holdsNul, nulRefused } from '../no-nul.ts'
import type { Tables } from '../sql/tables.ts'
import { isAlive, whileConnected } from './postgres-failure.ts'
import type { Connections } from './postgres-pool.ts'

/** Queries outside of transactions, each on a connection of its own. */
export function createReadingKysely(connections: Connections): Kysely<Tables> {
  return new Kysely({ dialect: dialectWith(new PostgresDriver(connections)) })
}

/**
 * Queries in transactions only, each of which begins with `begin` and the lock that it takes: one message
 * of several statements, of which the last one answers one row.
 */
export function createWritingKysely(connections: Connections, begin: string): Kysely<Tables> {
  return new Kysely({ dialect: dialectWith(new PostgresDriver(connections, begin)) })
}

function dialectWith(driver: Driver): Dialect {
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

class PostgresDriver implements Driver {
  readonly #connections: Connections
  readonly #begin: string | undefined
  /** Grows no further than the texts in src/sql: none of them depends on a value. */
  readonly #names = new Map<string, string>()

  constructor(connections: Connections, begin?: string) {
    this.#connections = connections
    this.#begin = begin
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await this.#connections.take(), this.#names)
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    if (this.#begin === undefined) throw new Error('these connections only read')
    try {
      const { rows } = await connection.run(this.#begin)
      if (rows.length !== 1) throw new Error('the lock of the database is not there')
    } catch (error) {
      await this.rollbackTransaction(connection)
      throw error
    }
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.run('commit')
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    // Must not hide why the transaction failed; the connection, if it is of no more use, is not used again.
    await connection.run('rollback').catch(() => connection.discard())
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release()
  }

  destroy(): Promise<void> {
    return this.#connections.end()
  }
}

interface Answer {
  readonly command: string
  readonly rowCount: number | null
  readonly rows: Record<string, unknown>[]
}

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE'])

/** A connection of the pool from its taking to its release: for one transaction, or for one query outside. */
class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient
  readonly #names: Map<string, string>
  #failure: { readonly error: unknown } | undefined
  #isUseless = false

  constructor(client: PoolClient, names: Map<string, string>) {
    this.#client = client
    this.#names = names
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    if (holdsNul(parameters)) {
      // Nothing that is stored can be equal to it.
      if (query.kind === 'SelectQueryNode') return { rows: [] }
      throw nulRefused()
    }
    const { command, rowCount, rows } = await this.run(sql, parameters)
    const changed = CHANGES.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}
    return { ...changed, rows: rows as R[] }
  }

  /** Kysely asks one after the other; behind what failed there is only the rollback. */
  async run(sql: string, values: readonly unknown[] = []): Promise<Answer> {
    // PostgreSQL would only say that the transaction is aborted, or take a commit and roll back in silence.
    if (this.#failure && sql !== 'rollback') throw this.#failure.error
    try {
      const answer: unknown = await whileConnected(() => this.#client.query(this.#prepared(sql, values)))
      return (Array.isArray(answer) ? answer.at(-1) : answer) as Answer
    } catch (error) {
      this.#failure ??= { error }
      if (!isAlive(error instanceof Error ? (error.cause ?? error) : error)) this.discard()
      throw error
    }
  }

  discard(): void {
    this.#isUseless = true
  }

  release(): void {
    this.#client.release(this.#isUseless)
  }

  // biome-ignore lint/correctness/useYield: Kysely wants the method; no query of ours is streamed.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('queries are not streamed')
  }

  /** With a name the server reads and plans a text once per connection, which is half of its work. */
  #prepared(text: string, values: readonly unknown[]) {
    if (values.length === 0) return { text }
    const name = this.#names.get(text) ?? `pairgate-${this.#names.size}`
    this.#names.set(text, name)
    return { name, text, values: [...values] }
  }
}
