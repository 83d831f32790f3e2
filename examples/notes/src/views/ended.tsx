import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'

const ended = 'Your sign-in has ended. Sign in to go on where you were.'

/** Why the session ended, by the code of the service. A first visit has no sentence. */
export const sentences: Readonly<Record<string, string>> = {
  signed_out: 'You are signed out.',
  session_ended: ended,
  token_invalid: ended,
  token_expired: ended,
  account_locked: 'This account is locked. Ask an administrator to unlock it.',
}

/** A sign-out that has not reached the service yet. */
const leaving =
  'You are signed out on this page, but the service could not be reached yet. Leave this page open: it tries again by itself.'

/** Shows why the sign-in form is there, unless the person signed out. */
export function Ended({ id }: { readonly id: string }): ReactElement | null {
  const { state } = useAuth()
  const sentence = state.leaving ? leaving : sentences[state.reason ?? '']
  const isGood = state.reason !== 'account_locked' && !state.leaving
  return sentence === undefined ? null : (
    <p className={`line ${isGood ? 'own' : 'warn'}`} id={id} role="status">
      {sentence}
    </p>
  )
}
