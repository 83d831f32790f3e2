import { KeyhavenError } from '@keyhaven/core/errors'

/** How often something may happen in a period. */
export interface LimitRule {
  readonly points: number
  /** Seconds. */
  readonly duration: number
  /** What is counted, and the caller that it is counted for. */
  readonly counts: string
  readonly why: string
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Limits of password attempts. They are counted in the database for all processes, before the
 * password is checked. The right password resets the counts of its account, and is refunded to its
 * network.
 */
export const attemptRules = {
  pair: {
    points: 10,
    duration: 5 * MINUTE,
    counts: 'wrong passwords for one account from one network',
    why: 'A person who has forgotten a password tries a few. Other networks are not affected.',
  },
  address: {
    points: 500,
    duration: 15 * MINUTE,
    counts: 'wrong passwords for any account from one network',
    why: 'A whole office shares one address. One password tried at many accounts stops here.',
  },
  account: {
    points: 30,
    duration: 15 * MINUTE,
    counts: 'wrong passwords for one account from all networks, except known devices',
    why: 'However many addresses an attacker has, a new device gets in again after 15 minutes.',
  },
  accountRow: {
    points: 100,
    duration: 400 * DAY,
    counts:
      'wrong passwords in a row for one password of an account, except on known devices; then it signs in on known devices only, until it is replaced by mail',
    why: 'SP 800-63B-4 §3.2.2 allows 100 in a row. Not counted if the service sends no mail, because nothing would lead back.',
  },
  device: {
    points: 10,
    duration: 15 * MINUTE,
    counts:
      'wrong passwords for one account on one known device of it, or in step-ups of all its sessions',
    why: 'Other people’s guesses never slow a known device or a signed-in user, so both have counts of their own.',
  },
  deviceRow: {
    points: 30,
    duration: 400 * DAY,
    counts:
      'wrong passwords in a row on one known device, or in step-ups; then they count as those of an unknown device',
    why: 'A stolen device or session must not give unlimited guesses.',
  },
} as const satisfies Record<string, LimitRule>

/** Limits of sign-ups, counted in the database for all processes before the password is hashed. */
export const signUpRules = {
  signUp: {
    points: 80,
    duration: MINUTE,
    counts: 'sign-ups from one network',
    why: 'A class that signs up in one minute behind one address is let in; a script is stopped in its first seconds.',
  },
  signUpHour: {
    points: 600,
    duration: HOUR,
    counts: 'sign-ups from one network',
    why: 'Each costs a hash, an account and a session.',
  },
  taken: {
    points: 50,
    duration: 15 * MINUTE,
    counts: 'sign-ups from one network that were answered 409',
    why: 'Each reveals that an address has an account. Then all sign-ups from there get 429, so that 429 reveals nothing.',
  },
} as const satisfies Record<string, LimitRule>

/** Limits of calls that send a mail, counted in the database for all processes before any other work. */
export const mailRules = {
  mail: {
    points: 50,
    duration: HOUR,
    counts: 'requests from one network that send a mail',
    why: 'Each may reach the mailbox of a person who did not request it. The response does not depend on the recipient.',
  },
  recipient: {
    points: 15,
    duration: HOUR,
    counts:
      'confirmations, changes of address, or codes for setting up a factor, mailed to one recipient, each counted apart; further ones are not sent',
    why: 'A caller can’t flood a mailbox. The response is the same, so it reveals nothing about the recipient.',
  },
  resets: {
    points: 15,
    duration: HOUR,
    counts:
      'resets, or links to sign in, mailed to one recipient, each counted apart, unless their owner requests them; further ones are not sent',
    why: 'A caller can’t flood a mailbox, as above.',
  },
  ownResets: {
    points: 5,
    duration: HOUR,
    counts:
      'the same that a device of the account requests, or resets after a right password that must be changed',
    why: 'A caller who uses up the others can’t keep the owner out.',
  },
  factorNotice: {
    points: 1,
    duration: HOUR,
    counts: 'mails to one account about a wrong second factor',
    why: 'The first one reports that another person may know the password. A thief who goes on can’t flood the mailbox.',
  },
  emailChange: {
    points: 5,
    duration: HOUR,
    counts: 'changes of address that one account requests',
    why: 'Each may reach the mailbox of a stranger. A person who mistypes an address needs a few.',
  },
} as const satisfies Record<string, LimitRule>

/** Factor for limits on hosts that provide no client address: all clients share one counter. */
export const CROWD = 10

/** Limits counted by account or by session; calls with a guard key are counted by key. */
interface CallLimitRule extends LimitRule {
  readonly by: 'account' | 'session'
}

/**
 * Limits of calls by an authenticated caller, counted in the memory of each process. They bound
 * what one credential can cost, and counting a read needs no database write. All have the same
 * period.
 */
export const callRules = {
  profile: {
    points: 100,
    duration: MINUTE,
    by: 'account',
    counts: 'changes of the own profile by one account',
    why: 'A form that saves while its user types needs fewer. Each change writes an audit row.',
  },
  ending: {
    points: 100,
    duration: MINUTE,
    by: 'session',
    counts: 'calls by one session that end sessions of its account',
    why: 'Counted by session, so that a stolen session cannot use up the calls with which its owner ends it.',
  },
  passwordChange: {
    points: 200,
    duration: MINUTE,
    by: 'session',
    counts: 'password changes by one session, besides the guesses at the current password',
    why: 'Each costs two hashes. Counted by session for the same reason.',
  },
  stepUp: {
    points: 200,
    duration: MINUTE,
    by: 'session',
    counts: 'step-ups by one session, besides the guesses at the password',
    why: 'Each costs a hash. Counted by session for the same reason.',
  },
  apiKeys: {
    points: 60,
    duration: MINUTE,
    by: 'account',
    counts: 'API keys that one account makes',
    why: 'Each sends a mail. At most 100 keys of an account are live at a time.',
  },
  tickets: {
    points: 600,
    duration: MINUTE,
    by: 'account',
    counts: 'tickets that one account or API key makes',
    why: 'A page of pictures needs one for each. Each is a short transaction, and at most 1,000 of an account are live at a time.',
  },
  redeemed: {
    points: 30_000,
    duration: MINUTE,
    by: 'account',
    counts: 'tickets that one guard key redeems',
    why: 'A guard redeems each ticket once. Random texts of the right form cost one read.',
  },
  factors: {
    points: 60,
    duration: MINUTE,
    by: 'account',
    counts: 'changes of second factors by one account',
    why: 'Each writes a secret, or checks a signature.',
  },
  renewal: {
    points: 6000,
    duration: MINUTE,
    by: 'session',
    counts: 'renewals by one session',
    why: 'A page renews once in minutes, and all its requests share one new token in five seconds. Each is a short transaction.',
  },
  read: {
    points: 3000,
    duration: MINUTE,
    by: 'account',
    counts: 'reads by one account or guard key',
    why: 'Ten tabs that reload together stay far below it.',
  },
  administration: {
    points: 30_000,
    duration: MINUTE,
    by: 'account',
    counts: 'calls of administration by one account',
    why: 'After an incident a script may revoke as fast as the database writes. A loop gone wrong is stopped.',
  },
} as const satisfies Record<string, CallLimitRule>

/** Limits of API keys that do not exist, counted in the memory of each process. */
export const keyRules = {
  unknownKeys: {
    points: 100,
    duration: MINUTE,
    counts: 'different API keys from one network that do not exist',
    why: 'Each costs a read, and the checksum of a random key is easy to compute. Keys that this process has seen before are not affected; a mistyped key costs nothing.',
  },
  introspectedKeys: {
    points: 6000,
    duration: MINUTE,
    counts: 'different API keys that do not exist, introspected by one guard',
    why: 'Each process of a guard introspects at most 60 in a second, and 20 of one network. Live keys that this process has seen before are not affected.',
  },
} as const satisfies Record<string, LimitRule>

/** Event streams that may be open at a time, in each process. */
export const streamLimits = {
  eventStreams: {
    points: 20,
    counts: 'event streams of one session',
    why: 'A browser holds one, for all its tabs. Connections that broke without notice are still counted for a while.',
  },
  accountStreams: {
    points: 100,
    counts: 'event streams of one account',
    why: 'Five sessions with all of their streams. Without it a hundred sessions of one account could hold 2,000.',
  },
  guardStreams: {
    points: 64,
    counts: 'feeds of one guard key',
    why: 'The processes of one API share a key.',
  },
} as const

/** The name of a limit of calls. */
export type CallRule = keyof typeof callRules

/** The reason why a route needs no limit. */
export interface NoLimit {
  readonly none: string
}

/** Marks a route as unlimited, with the reason that the limits page prints. */
export function none(reason: string): NoLimit {
  return { none: reason }
}

/** Most seconds that a 429 names for what waiting does not open: clients try again, or show them. */
const IN_A_ROW_RETRY = 15 * MINUTE

/** What opens again that waiting does not open. */
const IN_A_ROW = {
  accountRow:
    'Too many wrong passwords were tried. Sign in on a device that you have used before, or reset the password by mail.',
  factorRow:
    'Too many wrong second factors were tried. Sign in on a device that you have used before, use another factor, or sign in by mail or reset the password by mail first.',
} as const

/** A 429 of a password, or of a second factor, that waiting does not open again. */
export function tooManyInARow(left: number, rule: keyof typeof IN_A_ROW): KeyhavenError {
  const retryAfter = Math.min(left, IN_A_ROW_RETRY)
  return new KeyhavenError('rate_limited', { detail: IN_A_ROW[rule], retryAfter })
}

/** A 429 with `Retry-After` in seconds. `fact` is the sentence that names the limit. */
export function rateLimited(
  retryAfter: number,
  fact = 'There were too many attempts.',
): KeyhavenError {
  const unit = retryAfter === 1 ? 'second' : 'seconds'
  return new KeyhavenError('rate_limited', {
    detail: `${fact} Wait ${retryAfter} ${unit}, then try again.`,
    retryAfter,
  })
}
