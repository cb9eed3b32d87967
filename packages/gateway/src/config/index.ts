export { ConfigError } from './config-error.ts'
export {
  type ConfigProblem,
  isConfigSection,
  nearestConfigPath,
  parseConfigText,
  parseSectionText,
  readConfigText,
} from './config-file.ts'
export type { Applies } from './config-row.ts'
export { CONFIG_KEYS, type ConfigKey, configRow, parseConfigKey } from './config-schema.ts'
export { readSettingText } from './config-value.ts'
export type { GatewayConfig, RemoteConfig } from './gateway-config.ts'
export { nearestWord } from './nearest-word.ts'
export { nestSettings, redacted } from './nest-settings.ts'
export { checkSettings, readGatewayConfig, readRemoteConfig, settingPlace } from './read-config.ts'
export { isSettingsObject } from './settings-object.ts'
export { type Env, resolveStateDir, type StatePaths, statePaths } from './state-dir.ts'
