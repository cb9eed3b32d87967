/** Every code that the command ends with; scripts may rely on them (cli fact 1). */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** `fetch` had an answer, and its status is 400 or more. */
  httpError: 22,
  /** `gateway run` without a usable configuration: a supervisor must not try again by itself. */
  badConfig: 78,
  /** 128 + the number of the signal that came a second time. */
  hangup: 129,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
