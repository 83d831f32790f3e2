import type { AuthError, Result } from '@keyhaven/client'
import { form, instead, show, text } from './dom.ts'
import { words } from './page.ts'
import { everyWay, prove } from './ways.ts'
import type { Proof, Way } from './ways.ts'

const { olderFactor } = words

/** What a link undoes, and how it is sent with a second factor, or as a pause. */
export interface Undoing extends Pick<Proof, 'typed' | 'byPasskey' | 'refused'> {
  readonly act: string
  readonly pause: () => Promise<Result>
}

/**
 * Requests the second factor that the account had before: a thief of the mailbox has the link too. A person without it
 * can pause the account (H4).
 * @returns whether the refusal requires one.
 */
export function isRequired(error: AuthError, undoing: Undoing): boolean {
  if (error.code !== 'second_factor_required') return false
  request(
    undoing,
    everyWay.filter((way) => error.factors.includes(way)),
  )
  return true
}

function request(undoing: Undoing, ways: readonly Way[]): void {
  const back = (): void => request(undoing, ways)
  const below = (): Node => instead(olderFactor.none, () => pausing(undoing, back))
  prove({ ...undoing, ways, lead: olderFactor.lead, below })
}

function pausing({ pause, refused }: Undoing, back: () => void): void {
  const send = async (): Promise<Result> => {
    const result = await pause()
    if (result.ok) paused()
    return result
  }
  const { pauseTitle, pauseLead, pauseNote, pauseAct: act } = olderFactor
  const made = form({ words, fields: [], act, send, refused })
  show(pauseTitle, text(pauseLead), text(pauseNote), made, instead(olderFactor.back, back))
}

/** Shows that the account is paused. */
export function paused(): void {
  show(olderFactor.paused, text(olderFactor.pausedLead))
}
