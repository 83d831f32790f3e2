/** Log levels by decreasing severity; a level includes all before it. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** One of `logLevels`. */
export type LogLevel = (typeof logLevels)[number]
