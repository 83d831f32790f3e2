import { errorCode, KeyhavenError } from '@keyhaven/core/errors'
import type { Settings } from '../../config/settings.ts'
import { sha1 } from '../../secrets/hashes/hash.ts'
import { canonical } from '../../secrets/hashes/passwords.ts'
import { createFailureLog } from '../../telemetry/failure-log.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** Looks passwords up among those of known breaches. */
export interface BreachCheck {
  /**
   * Refuses a password of a breach. Without an answer of the range service the password passes.
   * @throws KeyhavenError `breached_password`.
   */
  refuseBreached(password: string): Promise<void>
}

interface Needs {
  readonly settings: Pick<Settings, 'breaches' | 'development'>
  readonly metrics: Pick<Metrics, 'passwords'>
  readonly log: Logger
}

/** Milliseconds that a sign-up waits for the range service. */
const PATIENCE = 3000

/** Look-ups of a process at a time. Further passwords pass unchecked. */
const MOST = 64

/** Digits of the hash that the range service learns. */
const PREFIX = 5

const LINE = /^[0-9A-F]{35}:\d{1,15}$/i

/**
 * The check, or one that does nothing and loads nothing if the setting is off. The range service
 * learns the first five digits of the SHA-1 of a password, and the size of its answers shows others
 * on the way nothing (H58).
 */
export function createBreachCheck({ settings, metrics, log }: Needs): BreachCheck {
  const { breaches, development } = settings
  if (breaches === undefined) return { refuseBreached: async () => {} }
  const { url, allowPrivate } = breaches
  // Neither the password nor any part of its hash
  const failures = createFailureLog(log, UNCHECKED)
  let running = 0

  const rangeOf = async (prefix: string): Promise<readonly string[]> => {
    if (running >= MOST) throw new RangeFailure('BUSY')
    running += 1
    try {
      const { getText } = await import('../../outgoing/get-text.ts')
      const request = {
        url: new URL(url + prefix),
        headers: { 'add-padding': 'true', 'user-agent': 'keyhaven' },
        timeout: PATIENCE,
      }
      return linesOf(await getText(request, { development, allowPrivate }))
    } finally {
      running -= 1
    }
  }
  return {
    refuseBreached: async (password) => {
      const hash = sha1(canonical(password)).toUpperCase()
      const suffix = hash.slice(PREFIX)
      let lines: readonly string[]
      try {
        lines = await rangeOf(hash.slice(0, PREFIX))
        failures.worked()
      } catch (error) {
        metrics.passwords.breachChecks.add({ outcome: 'unchecked' })
        const reason = `range service: ${errorCode(error) ?? 'failed'}`
        failures.failed(new KeyhavenError('unavailable', { reason }))
        return
      }
      const isBreached = lines.some((line) => isMatch(line, suffix))
      metrics.passwords.breachChecks.add({ outcome: isBreached ? 'breached' : 'passed' })
      if (isBreached) throw new KeyhavenError('breached_password')
    },
  }
}

const UNCHECKED = 'a password was accepted without a look-up among breaches'

/** @throws RangeFailure if this is no range. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines.length === 0 || !lines.every((line) => LINE.test(line))) {
    throw new RangeFailure('NOT_A_RANGE')
  }
  return lines
}

/** Lines with the count 0 are padding. */
function isMatch(line: string, suffix: string): boolean {
  const [digits = '', count] = line.split(':')
  return digits.toUpperCase() === suffix && Number(count) > 0
}

class RangeFailure extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}
