export { ConfigError } from './config-error.ts'
export type { GatewayConfig, RemoteConfig } from './gateway-config.ts'
export { readGatewayConfig, readRemoteConfig } from './read-config.ts'
export { type Env, resolveStateDir, type StatePaths, statePaths } from './state-dir.ts'
