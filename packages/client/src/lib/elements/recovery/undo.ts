import type { EmailUndo, Undone } from '../../account/account-acts.ts'
import type { AuthError, Result } from '../../calls/results.ts'
import { everyWay, prove } from '../factors/ways.ts'
import type { Way } from '../factors/ways.ts'
import { below, button } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { showEnd } from './show-end.ts'
import { showForm } from './show-form.ts'

/** What a link undoes, and how it is sent with a second factor, or as a pause. */
export interface Undoing {
  /** The button that undoes it. */
  readonly act: string
  readonly send: (proof: Omit<EmailUndo, 'token'>) => Promise<Result<Undone>>
  readonly byPasskey: () => Promise<Result<Undone>>
  /** Shows that it is undone. */
  readonly done: () => void
  /** Shows that the link has ended, if that is the refusal. */
  readonly ended: (error: AuthError) => boolean
}

/**
 * Requests the second factor that the account had before: a thief of the mailbox has the link too. A person without it
 * can pause the account (H4).
 * @returns whether the refusal requires one.
 */
export function isRequired(pane: Pane, error: AuthError, undoing: Undoing): boolean {
  if (error.code !== 'second_factor_required') return false
  const { factors } = error
  request(
    pane,
    undoing,
    everyWay.filter((way) => factors.includes(way)),
  )
  return true
}

/** Shows what came of an undoing that was sent. */
export async function undo(
  pane: Pane,
  { done }: Undoing,
  sent: Promise<Result<Undone>>,
): Promise<Result> {
  const result = await sent
  if (result.ok && result.paused) paused(pane)
  else if (result.ok) done()
  return result
}

function request(pane: Pane, undoing: Undoing, ways: readonly Way[]): void {
  const { lead, none } = pane.words.recovery.olderFactor
  const { act, send, byPasskey, ended } = undoing
  prove(pane, {
    name: 'older-factor',
    ways,
    lead,
    act,
    typed: (factor) => undo(pane, undoing, send(factor)),
    byPasskey: () => undo(pane, undoing, byPasskey()),
    refused: ended,
    below: [below(button('none', none))],
    acts: { none: () => pausing(pane, undoing, () => request(pane, undoing, ways)) },
  })
}

function pausing(pane: Pane, { send, ended }: Undoing, back: () => void): void {
  const words = pane.words.recovery.olderFactor
  showForm(pane, {
    name: 'pause',
    title: words.pauseTitle,
    lead: words.pauseLead,
    note: words.pauseNote,
    act: words.pauseAct,
    send: async () => {
      const result = await send({ pause: true })
      if (result.ok) paused(pane)
      return result
    },
    refused: ended,
    below: below(button('back', words.back)),
    acts: { back },
  })
}

/** Shows that the account is paused. */
function paused(pane: Pane): void {
  const { paused: title, pausedLead } = pane.words.recovery.olderFactor
  if (pane.emit('done', { what: 'account-paused' })) showEnd(pane, { title, lead: pausedLead })
}
