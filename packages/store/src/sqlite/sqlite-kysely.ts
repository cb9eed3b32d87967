import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely'
import { holdsNul, nulRefused } from '../no-nul.ts'
import type { Tables } from '../sql/tables.ts'
import { untilUnlocked } from './lock-patience.ts'
import { withNamedFailures } from './sqlite-failure.ts'

/** Queries on a connection that only reads. */
export function createReadingKysely(database: DatabaseSync): Kysely<Tables> {
  const driver = new SqliteDriver({ database: statementsOf(database, () => undefined) })
  return new Kysely({ dialect: dialectWith(driver, new ReadingAdapter()) })
}

/**
 * Queries on a connection that writes, in transactions only, each of which begins with the write lock.
 * `checkPlace` is asked before each of them; a throw refuses it.
 */
export function createWritingKysely(
  database: DatabaseSync,
  lockPatienceMs: number,
  checkPlace: () => void = () => undefined,
): Kysely<Tables> {
  const driver = new WritingDriver(database, { lockPatienceMs, checkPlace })
  return new Kysely({ dialect: dialectWith(driver, new TransactionalAdapter()) })
}

interface WritingRules {
  readonly lockPatienceMs: number
  readonly checkPlace: () => void
}

function dialectWith(driver: SqliteDriver, adapter: SqliteAdapter): Dialect {
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => adapter,
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/** SQLite can undo changes of tables; Kysely's own adapter says no and would migrate without a transaction. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/**
 * Without transactions nobody has to be kept off a connection whose queries end before they return. Kysely's
 * lock would wake everybody who waits for each one who is done: ten thousand reads at once took five seconds.
 */
class ReadingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class WritingDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #rules: WritingRules

  constructor(database: DatabaseSync, rules: WritingRules) {
    super({ database: statementsOf(database, refuseOutsideTransaction(database)) })
    this.#database = database
    this.#rules = rules
  }

  // Kysely's plain `begin` takes the lock at the first write, when what was read may already be stale.
  override async beginTransaction(): Promise<void> {
    await this.rollbackTransaction()
    this.#rules.checkPlace()
    await untilUnlocked(this.#rules.lockPatienceMs, () => this.#run('begin immediate'))
  }

  override async commitTransaction(): Promise<void> {
    this.#run('commit')
  }

  override async rollbackTransaction(): Promise<void> {
    // After some failures (a full disk) SQLite has rolled back by itself and a second time is an error.
    if (!this.#database.isTransaction) return
    try {
      this.#run('rollback')
    } catch {
      // Must not hide why the transaction failed. The next begin tries once more and then says so itself.
    }
  }

  #run(sql: string): void {
    withNamedFailures(() => this.#database.exec(sql))
  }
}

/** Without this, what follows on a transaction that SQLite has rolled back by itself would commit at once. */
function refuseOutsideTransaction(database: DatabaseSync): () => void {
  return () => {
    if (!database.isTransaction) throw new Error('the transaction was already rolled back')
  }
}

function statementsOf(database: DatabaseSync, judge: () => void): SqliteDatabase {
  // Grows no further than the texts in src/sql: none of them depends on a value.
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      if (!database.isOpen) throw new Error('the store is closed')
      judge()
      const known = prepared.get(sql)
      if (known) return known
      const statement = prepareStatement(database, sql)
      prepared.set(sql, statement)
      return statement
    },
  }
}

function prepareStatement(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = withNamedFailures(() => database.prepare(sql))
  const valuesOf = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => withNamedFailures(() => statement.all(...valuesOf(parameters))),
    run(parameters) {
      if (holdsNul(parameters)) throw nulRefused()
      return withNamedFailures(() => statement.run(...valuesOf(parameters)))
    },
    iterate: (parameters) => withNamedFailures(() => statement.iterate(...valuesOf(parameters))),
  }
}
