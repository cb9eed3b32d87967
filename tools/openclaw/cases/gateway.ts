import type { Case } from '../case.ts'
import { type CommandCase, commandCase } from '../command-case.ts'
import { both } from './givens.ts'

const NO_AGENTS = 'there are no agents, channels and plugins here'
/** What a health check tells, at either. */
export const HEALTH = {
  there: 'exit 0',
  here: 'exit 0; without `agents`, `channelLabels`, `channelOrder`, `channels`, `configReload`, `defaultAgentId`, `eventLoop`, `heartbeatSeconds`, `modelRuntime`, `plugins`, `sessions`',
  why: NO_AGENTS,
} as const

const COMMANDS: readonly CommandCase[] = [
  { typed: 'gateway health', says: 'OK', there: 'exit 0' },
  { typed: 'gateway health --json', keys: ['ok', 'ts', 'durationMs'], ...HEALTH },
  {
    typed: 'gateway probe --json',
    keys: ['ok', 'capability', 'targets[].connect.ok', 'targets[].server.version'],
    there: 'exit 0',
    here: 'exit 0; without `targets[].server.buildId`',
    why: 'the version says it',
  },
  {
    typed: 'gateway status --json',
    keys: ['rpc.ok', 'rpc.server.version', 'rpc.auth.role'],
    there: 'exit 0',
    here: 'exit 0; without `rpc.server.buildId`',
    why: 'the version says it',
  },
  { typed: 'gateway status --require-rpc', there: 'exit 0' },
  {
    typed: 'gateway call device.pair.list --json',
    given: both,
    keys: ['pending[].requestId', 'paired[].deviceId'],
    there: 'exit 0',
  },
  {
    typed: 'gateway call system-presence --json',
    keys: ['[].ts'],
    there: 'exit 0',
    here: 'exit 0; without `[].clientId`, `[].deviceFamily`, `[].deviceId`, `[].instanceId`, `[].ip`, `[].platform`, `[].roles`',
    why: 'only who is connected now is listed, and no device is',
  },
  {
    typed: 'gateway call status --json',
    keys: ['runtimeVersion'],
    there: 'exit 0',
    here: 'exit 0; without `channelSummary`, `degradedPlugins`, `degradedSecretOwners`, `eventLoop`, `heartbeat`, `hostDesktop`, `modelRuntime`, `pid`, `processMemory`, `queuedSystemEvents`, `sessions`, `shutdownBudget`, `taskAudit`, `tasks`, `workerPools`; also `startedAtMs`, `uptimeMs`',
    why: NO_AGENTS,
  },
  {
    typed: 'gateway call no.such.method --json',
    says: 'unknown method: no.such.method',
    keys: ['ok', 'error.type', 'error.code', 'error.message', 'error.retryable'],
    there: 'exit 1',
  },
  {
    typed: 'gateway call device.pair.reject --json',
    says: "invalid device.pair.reject params: must have required property 'requestId'",
    keys: ['error.code', 'error.message'],
    there: 'exit 1',
  },
  { typed: 'health --json', keys: ['ok', 'ts', 'durationMs'], ...HEALTH },
  { typed: 'status --json', keys: ['gateway.reachable', 'gateway.url'], there: 'exit 0' },
]

export const GATEWAY_CASES: readonly Case[] = COMMANDS.map((command) => commandCase('OpenClaw', command))
