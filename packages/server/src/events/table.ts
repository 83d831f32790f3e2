import type { NewMail, TemplateName } from '../mail/templates.ts'
import { signInEvents } from './sign-in-events.ts'
import type { NoticeKind } from '../stores/delivery/notices.ts'
import type { EventRow } from './event-row.ts'
import { credentialEvents } from './credential-events.ts'
import { factorEvents } from './factor-events.ts'

/** A member that is there each time. */
const ALWAYS = ''

/**
 * Every event. Each has an audit row and a sample of `keyhaven_events_total` under its name;
 * `docs/reference/events.md` is printed from this table.
 */
export const events = {
  'account.created': {
    when: 'a user signs up, or an account is created',
    details: { roles: ALWAYS },
  },
  'sign_up.requested': {
    when: 'a user signs up with an address that must be confirmed first; a mail is sent',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['confirm'],
  },
  'sign_up.known': {
    when: 'the same with the address of an account; its owner is mailed that the account exists',
    details: {},
    mail: ['sign-up-known'],
  },
  'sign_up.ignored': {
    when: 'the same, and no mail is sent: the account is locked or disabled, or its limit of mails is reached',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['blank'],
  },
  'email.confirmation_requested': {
    when: 'a user requests the confirmation of an address again; a mail is sent',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['confirm'],
  },
  'email.confirmation_ignored': {
    when: 'the same, and no mail is sent: nothing waits for it, or its limit of mails is reached',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['blank'],
  },
  'email.confirmed': {
    when: 'a user proves that they own an address, which had no account or an unconfirmed one',
    details: { created: 'if the account is new', ended: 'if it had credentials that ended' },
  },
  'account.changed': {
    when: 'a profile changes; `members` are the names of what changed',
    details: { members: ALWAYS },
  },
  'account.status_changed': {
    when: 'an account is locked, disabled or opened',
    details: { from: ALWAYS, to: ALWAYS, ended: ALWAYS },
  },
  'account.erasure_requested': {
    when: 'a user or an operator requests that an account be erased: it is disabled, and all that it has ends',
    details: { from: ALWAYS, erasesAt: ALWAYS, ended: ALWAYS },
    mail: ['erasure-requested', 'erased'],
  },
  'account.erasure_undone': {
    when: 'an erasure is undone, by the link in its mail or by an operator, before its time',
    details: { to: ALWAYS },
    mail: ['erasure-undone'],
  },
  'account.erased': {
    when: 'the time of an erasure has come, and what is stored of the account is deleted',
    details: { repeated: 'if a restored database had the account again' },
  },
  'account.exported': {
    when: 'a user downloads all that is stored of them, or an operator does',
    details: {},
  },
  'password.changed': {
    when: 'a user changes their password',
    details: { ended: ALWAYS },
    mail: ['password-changed'],
  },
  'password.change_failed': {
    when: 'the current password was wrong',
    details: {},
  },
  'password.hash_renewed': {
    when: 'after a sign-in the same password was hashed again, at today’s cost and with the current pepper',
    details: {},
  },
  'password.reset_requested': {
    when: 'a user requests a reset of their password, or a sign-in needs one; a mail is sent',
    details: {},
    mail: ['reset', 'reset-required'],
  },
  'password.reset_ignored': {
    when: 'the same, and no mail is sent: there is no such account that may be used, or its limit of mails is reached',
    details: { login: 'if the address belongs to no account: its keyed hash' },
    mail: ['blank'],
  },
  'password.reset': {
    when: 'a user sets another password by a link',
    details: { ended: ALWAYS },
    mail: ['password-changed'],
  },
  'password.reset_started': {
    when: 'support or an operator has the password of an account replaced; the link is mailed to the account, or printed for the operator',
    details: { link: ALWAYS, ended: ALWAYS },
    mail: ['reset-by-support', 'reset-by-operator'],
  },
  'email.change_requested': {
    when: 'a user requests another e-mail address for their account; a mail is sent to it',
    details: { login: 'the keyed hash of the new address' },
    mail: ['email-change'],
  },
  'email.change_known': {
    when: 'the same with the address of another account, whose owner is mailed',
    details: {},
    mail: ['email-change-known'],
  },
  'email.change_ignored': {
    when: 'the same, and no mail is sent: the account has the address already, the address is reserved, its account is locked or disabled, or its limit of mails is reached',
    details: { login: 'the keyed hash of the new address' },
    mail: ['blank'],
  },
  'email.changed': {
    when: 'a user confirms another e-mail address for their account, or an operator sets one',
    details: {},
    notices: ['pages'],
    mail: ['email-changed', 'email-undo', 'blank'],
  },
  'email.change_undone': {
    when: 'a former e-mail address is brought back by the link that it was mailed',
    details: { ended: ALWAYS, factors: 'if second factors that were added since ended: how many' },
    mail: ['email-restored', 'blank'],
  },
  'account.paused': {
    when: 'a user without their second factor pauses their account, by the link that would undo a change of address or deny a sign-in; its sessions end, and for 7 days no mail resets its password',
    details: { ended: ALWAYS, by: ALWAYS },
    mail: ['paused'],
  },
  'account.pause_reported': {
    when: 'the former address of a paused account is mailed that it is paused',
    details: {},
    mail: ['paused'],
  },
  'mail.given_up': {
    when: 'a mail could not be sent: its recipient’s server refused it for good, its time or its link is over',
    details: {
      template: ALWAYS,
      cause: ALWAYS,
      response: 'if a server answered: its code',
      attempts: ALWAYS,
    },
  },
  'role.assigned': {
    when: 'a role is given',
    details: { role: ALWAYS },
    notices: ['pages'],
  },
  'role.removed': {
    when: 'a role is removed',
    details: { role: ALWAYS, ended: ALWAYS },
  },
  'session.opened': {
    when: 'a user signs in',
    details: { newDevice: 'if the account did not know the browser; not after a sign-up' },
  },
  'device.reported': {
    when: 'the owner of an account is mailed that it was used on a browser which it did not know',
    details: { device: ALWAYS },
    mail: ['new-device'],
  },
  'device.forgotten': {
    when: 'a user forgets one of their devices',
    details: { device: ALWAYS },
  },
  ...credentialEvents,
  ...factorEvents,
  'session.denied': {
    when: 'a user denies a sign-in by the link of its mail',
    details: {
      ended: ALWAYS,
      everything: 'if all else ended too, and the password must be changed',
      factors: 'if second factors that were added in it ended: how many',
    },
  },
  'session.stepped_up': {
    when: 'a user proves again who they are, in the session that they have',
    details: {},
    notices: ['pages'],
  },
  'session.step_up_failed': {
    when: 'the password or the second factor of a step-up was wrong, or the password must be changed',
    details: { factor: 'if a second factor was wrong: its kind' },
  },
  'session.ended': {
    when: 'a session ends, by any caller’s call or by its time limit',
    details: {},
  },
  'sessions.ended': {
    when: 'all devices of an account, or all others, are signed out in one call',
    details: {
      ended: ALWAYS,
      everything: 'if a new [era](../operate/revocation.md) began',
    },
  },
  'session.claims_kept': {
    when: 'a token would have become too large at a renewal; once an hour for a session',
    details: {},
  },
  ...signInEvents,
  'sign_in.failed': {
    when: 'the password was wrong, or the account is locked',
    details: { login: 'if the login belongs to no account: its keyed hash' },
  },
  'token.revoked': {
    when: 'one token is revoked',
    details: { jti: ALWAYS, ended: ALWAYS },
  },
  'keys.rotated': {
    when: 'a signing key is made',
    details: { kid: ALWAYS, emergency: ALWAYS, withdrawn: ALWAYS },
    notices: ['keys'],
  },
  'keys.resealed': {
    when: 'the master key is changed',
    details: { keys: ALWAYS },
  },
  'guard.added': {
    when: 'a guard key is made',
    details: { guard: ALWAYS },
  },
  'guard.removed': {
    when: 'a guard key is removed',
    details: { guard: ALWAYS },
    notices: ['guards'],
  },
  'guard.ahead': {
    when: 'a guard claims more than the log of revocations holds',
    details: { guard: ALWAYS, log: ALWAYS, seq: ALWAYS, newest: ALWAYS },
  },
  'database.restored': {
    when: 'the database lacks revocations that no process knows',
    details: {
      formerLog: ALWAYS,
      log: ALWAYS,
      withdrawn: ALWAYS,
      epoch: ALWAYS,
      lost: ALWAYS,
    },
    notices: ['keys'],
  },
  'database.writes_lost': {
    when: 'a failover lost revocations, which a process appended again',
    details: {
      formerLog: 'if a new log began',
      log: ALWAYS,
      kept: 'if a new log began',
      repeated: ALWAYS,
    },
    notices: ['keys', 'guards'],
  },
} as const satisfies Readonly<Record<string, EventRow>>

/** The name of an event. */
export type EventName = keyof typeof events

/** Members of an event's details. */
export type DetailsOf<E extends EventName> = {
  readonly [name in keyof (typeof events)[E]['details']]?: unknown
}

/** The mail of an event; `undefined` if its row has none. */
export type MailOf<E extends EventName> = (typeof events)[E] extends {
  readonly mail: readonly (infer T extends TemplateName)[]
}
  ? NewMail<T>
  : undefined

/**
 * The notices of an event, by the text of its name.
 * @throws Error for an event that this version does not know.
 */
export function noticesOf(event: string): readonly NoticeKind[] {
  if (!Object.hasOwn(events, event)) throw new Error(`this version has no event ${event}`)
  const row: EventRow = events[event as EventName]
  return row.notices ?? []
}

/** Every name, in the order of the table. */
export const eventNames = Object.keys(events) as readonly EventName[]
