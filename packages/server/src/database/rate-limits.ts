import { KeyhavenError } from '@keyhaven/core/errors'
import { networkOf } from '../config/address.ts'
import type { mailRules } from '../config/limits.ts'
import { createCounting } from './counting.ts'
import type { Count, Counters, Counting } from './counting.ts'

/** An attempt at a password: for which account, and from where. */
export interface Attempt {
  /**
   * The account's id, or the login if no account has it. `undefined` if no account can ever have
   * it.
   */
  readonly account: string | undefined
  /** The client's address, if the host provided one. */
  readonly address: string | undefined
  /** A device known to belong to this account, which only the account's owner can prove. */
  readonly device?: string | undefined
  /**
   * The password under which attempts in a row are counted: another one begins anew. Without it they
   * are not, because the service sends no mail that would lead back.
   */
  readonly row?: string | undefined
}

/** An attempt that was counted and may be checked. */
export interface CountedAttempt {
  /** The password was right: forgets this attempt and the wrong ones before it. */
  readonly reset: () => Promise<void>
  /** The password could not be checked: takes this attempt out of the counts. */
  readonly refund: () => Promise<void>
}

const mailKinds = [
  'confirmation',
  'reset',
  'sign-in',
  'enrolment',
  'email-change',
  'new-device',
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

/** Under which names wrong proofs in a row are counted that a mail ends. */
export type MailedProof = Pick<Attempt, 'row'>

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
  /** Counts a mail that its recipient has proved to want, for the recipient only. */
  countRecipient(mail: MailRecipient): Promise<boolean>
  /** Whether so many proofs of an account were wrong in a row that its user needs a mail (H15). */
  needsMail(proof: MailedProof): Promise<boolean>
  /** Forgets the same, because its user has proved that they read its mail. */
  provedByMail(proof: MailedProof): Promise<void>
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
    countAttempt: (attempt) => {
      const { account, device } = attempt
      if (account === undefined) return countMalformed(counting, attempt)
      if (device === undefined) return countUnknownDevice(counting, account, attempt)
      return countDevice(counting, account, { ...attempt, device })
    },
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
    countRecipient: (mail) => countRecipient(counting, mail),
    needsMail: async (proof) => {
      for (const count of mailedCounts(counting, proof)) {
        if (await counting.requireRoom(count).then(() => false, isRefusal)) return true
      }
      return false
    },
    provedByMail: (proof) => counting.clear(...mailedCounts(counting, proof)),
    forget: ({ account, devices, logins }) =>
      counting.clear(
        counting.of('emailChange', account),
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

type From = Pick<Attempt, 'address' | 'row'>

async function countUnknownDevice(
  counting: Counting,
  account: string,
  { address, row }: From,
): Promise<CountedAttempt> {
  const ofAccount = ofAccountFrom(counting, account, { address, row })
  const network = counting.byNetwork('address', address)
  await counting.consume(...ofAccount, network)
  return {
    reset: async () => {
      await counting.clear(...ofAccount)
      // Other users share the network, so only this attempt is refunded
      await counting.reward(network)
    },
    refund: () => counting.reward(...ofAccount, network),
  }
}

/**
 * Counts by network only, with as many statements as for an account: the cost of a login reveals
 * nothing about it.
 */
async function countMalformed(counting: Counting, from: From): Promise<CountedAttempt> {
  const network = counting.byNetwork('address', from.address)
  await counting.pretend(...ofAccountFrom(counting, 'none', from))
  await counting.consume(network)
  return { reset: async () => {}, refund: () => counting.reward(network) }
}

/** The counts of an account: the one of most refusals first, so that most cost one statement. */
function ofAccountFrom(
  counting: Counting,
  account: string,
  { address, row }: From,
): readonly Count[] {
  return [
    ...(address === undefined ? [] : [counting.of('pair', `${account} ${networkOf(address)}`)]),
    counting.of('account', account),
    ...rowOf(counting, row),
  ]
}

/** The count of wrong passwords in a row on unknown devices, if there is one. */
function rowOf(counting: Counting, row: string | undefined): readonly Count[] {
  return row === undefined ? [] : [counting.of('accountRow', row)]
}

/** The counts that a proof by mail begins anew. */
function mailedCounts(counting: Counting, { row }: MailedProof): readonly Count[] {
  return rowOf(counting, row)
}

/**
 * Counts on the device only, so that attempts elsewhere never slow it. The right password ends the
 * row of wrong ones elsewhere too: the user has just proved who they are.
 */
async function countDevice(
  counting: Counting,
  account: string,
  { device, ...from }: From & { readonly device: string },
): Promise<CountedAttempt> {
  const row = counting.of('deviceRow', `${account} ${device}`)
  const recent = counting.of('device', `${account} ${device}`)
  const isRowOver = await counting.consume(row).then(() => false, isRefusal)
  if (isRowOver) {
    const unknown = await countUnknownDevice(counting, account, from)
    const reset = async (): Promise<void> => {
      await unknown.reset()
      await counting.clear(row, recent)
    }
    return { reset, refund: unknown.refund }
  }
  try {
    await counting.consume(recent)
  } catch (error) {
    await counting.reward(row)
    throw error
  }
  return {
    reset: () => counting.clear(row, recent, ...rowOf(counting, from.row)),
    refund: () => counting.reward(row, recent),
  }
}

/** Whether the limit was reached; throws any other failure again. */
function isRefusal(error: unknown): true {
  if (error instanceof KeyhavenError && error.code === 'rate_limited') return true
  throw error
}
