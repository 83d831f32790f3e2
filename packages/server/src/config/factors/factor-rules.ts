import type { LimitRule } from '../limits.ts'

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

/**
 * Limits of second factors, counted in the database for all processes before the factor is checked. A
 * right one resets the counts (H15).
 */
export const factorRules = {
  factor: {
    points: 10,
    duration: 15 * MINUTE,
    counts: 'wrong second factors of one account on browsers that it does not know',
    why: 'Counted over all sign-ins of the account: the password of a thief gives ten guesses, not ten for each attempt.',
  },
  factorRow: {
    points: 50,
    duration: 400 * DAY,
    counts:
      'wrong ones of one kind in a row on such browsers; then that kind is refused there until a mail is confirmed',
    why: 'At most 50 guesses at a code of six digits. The owner goes on with a known device, another factor, or a mail.',
  },
  factorDevice: {
    points: 10,
    duration: 15 * MINUTE,
    counts:
      'wrong second factors on one known device of an account, or in step-ups of all its sessions',
    why: 'Other people’s guesses never slow a known device or a signed-in user.',
  },
  factorDeviceRow: {
    points: 30,
    duration: 400 * DAY,
    counts:
      'wrong ones in a row on one known device, or in step-ups; then they count as those of an unknown browser',
    why: 'A stolen device or session must not give unlimited guesses.',
  },
} as const satisfies Record<string, LimitRule>
