import type { LimitRule } from '../limits.ts'

/** Limits of sign-ins by passkey, counted in the database for all processes before any other work. */
export const passkeyRules = {
  passkeyOptions: {
    points: 3000,
    duration: 15 * 60,
    counts: 'sign-ins by passkey that one network begins',
    why: 'A sign-in form that offers passkeys in its fields begins one at each visit, and an office shares one address. Each writes an attempt and a challenge.',
  },
} as const satisfies Record<string, LimitRule>
