import { type GatewayOfTest, type GatewayOptions, openGateway, type TestHooks } from './gateway-of-test.ts'

/** A database engine, as tests that hold on each of them need it: any number of gateways on empty databases. */
export interface Engine {
  readonly name: string
  openGateway(hooks: TestHooks, options?: GatewayOptions): Promise<GatewayOfTest>
}

export const ON_SQLITE: Engine = { name: 'SQLite', openGateway }

/** The engine of a server's databases; `freshUrl` makes an empty one. */
export function onPostgres(freshUrl: () => Promise<string>): Engine {
  return {
    name: 'PostgreSQL',
    openGateway: async (hooks, options) =>
      openGateway(hooks, { ...options, env: { ...options?.env, DATABASE_URL: await freshUrl() } }),
  }
}
