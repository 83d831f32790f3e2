import type { mailRules } from '../config/limits.ts'
import { createCounting } from './counting.ts'
import type { Counters, Counting } from './counting.ts'
import { countAttempt, isRefusal } from './limits/attempts.ts'
import type { Attempt, CountedAttempt } from './limits/attempts.ts'
import { countFactor, countsOfFactors, factorRows } from './limits/factors.ts'
import type { FactorAttempt } from './limits/factors.ts'
import { countsOfMail, needsMail } from './limits/mailed.ts'
import type { MailedProof } from './limits/mailed.ts'

export type { Attempt, CountedAttempt } from './limits/attempts.ts'
export type { FactorAttempt } from './limits/factors.ts'

const mailKinds = [
  'confirmation',
  'reset',
  'sign-in',
  'enrolment',
  'email-change',
  'new-device',
  'second-factor',
] as const

/**
 * The recipient of a mail. Kinds are counted apart, so that requests of one starve no other (H13).
 * Resets that a known device requests are too: a caller who uses up all others silences no owner.
 */
export interface MailRecipient {
  readonly kind: (typeof mailKinds)[number]
  /** The canonical address that the mail is for. */
  readonly recipient: string
  /** Whether the caller proved to be the owner: by a device of the account, or the right password. */
  readonly knownDevice?: boolean
}

/** The limit of each kind of mail, and the one of an owner, if it has one. */
const recipientRules = {
  confirmation: ['recipient'],
  reset: ['resets', 'ownResets'],
  'sign-in': ['resets', 'ownResets'],
  enrolment: ['recipient'],
  'email-change': ['recipient'],
  'new-device': ['recipient'],
  'second-factor': ['factorNotice'],
} as const satisfies Record<
  MailRecipient['kind'],
  readonly [keyof typeof mailRules, (keyof typeof mailRules)?]
>

/** A mail that a caller without a session requests. */
export interface CountedMail extends MailRecipient {
  /** The caller's address, if the host provided one. */
  readonly address: string | undefined
}

/** A change of address that an account requests. */
export interface CountedEmailChange {
  /** The account's id. */
  readonly account: string
  /** The canonical address that it wants. */
  readonly recipient: string
  /** The caller's address, if the host provided one. */
  readonly address: string | undefined
}

/** Under which names attempts and mails of an account are counted. */
export interface CountedAccount {
  readonly account: string
  readonly devices: readonly string[]
  /** Its canonical address and user name. */
  readonly logins: readonly string[]
}

/** A sign-up that was counted and may proceed. */
export interface CountedSignUp {
  /** The response was that the address or user name has an account: counts it. */
  readonly taken: () => Promise<void>
  /** The sign-up could not proceed: takes it out of the counts. */
  readonly refund: () => Promise<void>
}

/**
 * Limits on calls without a session, counted in the database for all processes.
 *
 * Anyone who knows a login of an account can use up its 30 wrong passwords in 15 minutes, from three
 * networks at once. Sign-ins to it are then refused until these minutes end, and after 100 in a row
 * until the password is replaced, except on a device that is known to belong to the account: it has
 * a count of its own, which only attempts on that device use up. Step-ups, which need a session, are
 * counted like a device of the account. Users who are signed in stay signed in.
 */
export interface RateLimits {
  /**
   * Counts an attempt before the password is checked.
   * @throws KeyhavenError `rate_limited` with the seconds to wait.
   */
  countAttempt(attempt: Attempt): Promise<CountedAttempt>
  /**
   * Counts a second factor before it is checked (H15).
   * @throws KeyhavenError `rate_limited` with the seconds to wait.
   */
  countFactor(attempt: FactorAttempt): Promise<CountedAttempt>
  /**
   * Lets unknown browsers try the second factors of an account again: its user has confirmed a mail.
   * @param device The device that it knows by this mail only: until a factor was right on it, wrong ones count as
   * those of an unknown browser.
   */
  resumeFactors(account: string, device?: string): Promise<void>
  /** Whether so many proofs of an account were wrong in a row that its user needs a mail (H15). */
  needsMail(proof: MailedProof): Promise<boolean>
  /** Forgets these proofs: the user of the account has confirmed a mail. */
  provedByMail(proof: MailedProof): Promise<void>
  /**
   * Counts a sign-up before it begins.
   * @throws KeyhavenError `rate_limited` with the seconds to wait.
   */
  countSignUp(address: string | undefined): Promise<CountedSignUp>
  /**
   * Counts a request that sends a mail, for its network and then for its recipient.
   * @returns whether the mail may be sent: beyond the recipient's limit it is not (H13).
   * @throws KeyhavenError `rate_limited` with the seconds to wait, for the network only.
   */
  countMail(mail: CountedMail): Promise<boolean>
  /**
   * Counts a change of address, for its account, its network and then its recipient (H13).
   * @returns whether the mail may be sent.
   * @throws KeyhavenError `rate_limited` with the seconds to wait, for the account and the network.
   */
  countEmailChange(change: CountedEmailChange): Promise<boolean>
  /**
   * Counts a sign-in by passkey that begins.
   * @throws KeyhavenError `rate_limited` with the seconds to wait.
   */
  countPasskeyOptions(address: string | undefined): Promise<void>
  /** Counts a mail that its recipient has proved to want, for the recipient only. */
  countRecipient(mail: MailRecipient): Promise<boolean>
  /** Deletes what was counted for an account and its logins, as its erasure does. */
  forget(account: CountedAccount): Promise<void>
  /**
   * Deletes at most `most` counts that expired before this millisecond, oldest first.
   * @returns how many.
   */
  dropExpired(time: number, most: number): Promise<number>
}

/** `sealed` makes a keyed hash of a text, so that the database stores no login and no address. */
export function createRateLimits(counters: Counters, sealed: (text: string) => string): RateLimits {
  const counting = createCounting(counters, sealed)
  return {
    countAttempt: (attempt) => countAttempt(counting, attempt),
    countFactor: (attempt) => countFactor(counting, attempt),
    resumeFactors: async (account, device) => {
      if (device !== undefined) {
        await counting.fill(counting.of('factorDeviceRow', `${account} ${device}`))
      }
      await counting.clear(...factorRows(counting, account))
    },
    needsMail: (proof) => needsMail(counting, proof),
    provedByMail: (proof) => counting.clear(...countsOfMail(counting, proof)),
    countSignUp: async (address) => {
      const counts = [
        counting.byNetwork('signUp', address),
        counting.byNetwork('signUpHour', address),
      ]
      const taken = counting.byNetwork('taken', address)
      await counting.requireRoom(taken)
      await counting.consume(...counts)
      return { taken: () => counting.add(taken), refund: () => counting.reward(...counts) }
    },
    countMail: async ({ address, ...mail }) => {
      await counting.consume(counting.byNetwork('mail', address))
      return countRecipient(counting, mail)
    },
    countEmailChange: async ({ account, recipient, address }) => {
      await counting.consume(
        counting.of('emailChange', account),
        counting.byNetwork('mail', address),
      )
      return countRecipient(counting, { kind: 'email-change', recipient })
    },
    countPasskeyOptions: (address) =>
      counting.consume(counting.byNetwork('passkeyOptions', address)),
    countRecipient: (mail) => countRecipient(counting, mail),
    forget: ({ account, devices, logins }) =>
      counting.clear(
        counting.of('emailChange', account),
        ...countsOfFactors(counting, account, devices),
        ...[account, ...logins].map((name) => counting.of('account', name)),
        ...devices.flatMap((device) =>
          (['device', 'deviceRow'] as const).map((rule) =>
            counting.of(rule, `${account} ${device}`),
          ),
        ),
        ...logins.flatMap((login) =>
          mailKinds.flatMap((kind) =>
            recipientRules[kind].map((rule) => counting.of(rule, `${kind} ${login}`)),
          ),
        ),
      ),
    dropExpired: (time, most) => counters.inTurn(() => counters.dropBefore(time, most)),
  }
}

async function countRecipient(
  counting: Counting,
  { kind, recipient, knownDevice = false }: MailRecipient,
): Promise<boolean> {
  const [others, own = others] = recipientRules[kind]
  const count = counting.of(knownDevice ? own : others, `${kind} ${recipient}`)
  const isOver = await counting.consume(count).then(() => false, isRefusal)
  return !isOver
}
