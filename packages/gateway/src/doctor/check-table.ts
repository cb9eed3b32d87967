/** One thing that `openclaw doctor` looks at. Its name is stable: scripts may rely on it. */
export interface DoctorCheck {
  readonly title: string
  /** What is looked at, for people. */
  readonly looksAt: string
  /** What `--fix` does about it; nothing else is ever changed. */
  readonly repairs?: string
}

/** Every check, in the order in which it is told. `docs/cli.md` has the same table. */
export const DOCTOR_CHECKS = {
  settings: {
    title: 'Settings',
    looksAt: 'whether a gateway would start with file and environment, and whether the running one uses them',
  },
  'state-dir': {
    title: 'State directory',
    looksAt: 'whether it is there, ours, readable for this user and on a local disk',
  },
  'file-modes': {
    title: 'File modes',
    looksAt: 'whether others may open directories, keys, database, socket and tokens',
    repairs: 'takes the rights of others away, of what the owner of the state directory owns',
  },
  leftovers: {
    title: 'Leftovers',
    looksAt: 'drafts, locks, sockets and private copies of processes that were killed',
    repairs: 'removes them, while no gateway runs and they are older than a minute',
  },
  gateway: {
    title: 'Gateway',
    looksAt: 'whether it answers, and whether something else has its port',
  },
  version: {
    title: 'Version',
    looksAt: 'whether gateway and command are the same build',
  },
  'secret-copies': {
    title: 'Shared secret',
    looksAt: 'every copy of it in file, environment and keys, by fingerprint, and which one wins',
  },
  'device-tokens': {
    title: 'Tokens of this machine',
    looksAt: 'the tokens in `identity/`, by fingerprint, and what their gateway makes of them',
  },
  clock: {
    title: 'Clock',
    looksAt: 'this clock against that of the gateway and the newest stored time',
  },
  address: {
    title: 'Address',
    looksAt: 'whether the address that links carry has a name, an open port and a gateway behind it',
  },
  tls: {
    title: 'TLS certificate',
    looksAt: 'its end, its names, and whether pins of this machine fit',
  },
  exposure: {
    title: 'Exposure',
    looksAt: 'who can reach the gateway: bind, mode, plaintext, trusted proxies, origins',
  },
  database: {
    title: 'Database',
    looksAt: 'whether it opens, is sound (up to 256 MiB) and of this version',
  },
  keys: {
    title: 'Keys',
    looksAt: 'whether the keys are there and the token key belongs to the database',
  },
  'event-log': {
    title: 'Event log',
    looksAt: 'whether it verifies (up to 100,000 events) and leads up to the noted end',
  },
  admin: {
    title: 'Admin',
    looksAt: 'whether a device may administer the gateway',
  },
  'devices-unused': {
    title: 'Unused devices',
    looksAt: 'devices with a standing token that nobody has used for 90 days',
  },
  'tokens-ending': {
    title: 'Tokens that end',
    looksAt: 'tokens that run out within a week',
  },
  'tokens-grant': {
    title: 'Tokens and grants',
    looksAt: 'tokens that hold more than their device was approved for',
  },
  openclaw: {
    title: 'OpenClaw',
    looksAt: 'state of an OpenClaw gateway on this machine',
  },
} as const satisfies Record<string, DoctorCheck>

export type DoctorCheckId = keyof typeof DOCTOR_CHECKS
export const DOCTOR_CHECK_IDS = Object.keys(DOCTOR_CHECKS) as readonly DoctorCheckId[]
