import type { AuthError } from '../../calls/results.ts'
import { below, goLink, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import { languageOf } from '../words.ts'
import type { Attempt } from './attempt.ts'

/** What stands below each step of a sign-in: who signs in and until when, and the way back. */
export function attemptBelow(pane: Pane, { login, until }: Attempt): readonly Tree[] {
  const words = pane.words.factors.secondFactor
  const facts = [
    ...(login === undefined ? [] : [words.as(login)]),
    ...(until === undefined ? [] : [words.until(timeOf(pane, until))]),
  ]
  return [
    ...(facts.length > 0 ? [below(facts.join(' '))] : []),
    below(goLink(pane, 'sign-in', { label: words.again })),
  ]
}

/** Shows that the sign-in has ended, if that is the refusal. */
export function isOver(pane: Pane, { code }: AuthError, { login }: Attempt): boolean {
  if (code !== 'attempt_over') return false
  const { over, overLead, again } = pane.words.factors.secondFactor
  const look = 'kh-button kh-primary'
  const link = goLink(pane, 'sign-in', { label: again, look })
  pane.show({ title: over, login, body: [text(overLead), link] })
  return true
}

function timeOf({ host }: Pane, until: number): string {
  const language = languageOf(host)
  const own = navigator.languages.find((one) => one.startsWith(language))
  return new Intl.DateTimeFormat(own ?? language, { timeStyle: 'short' }).format(until)
}
