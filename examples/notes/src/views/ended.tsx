import { useAuth } from '@keyhaven/client/react'
import type { ReactElement } from 'react'

/** Reasons that a person has not brought about by leaving, nor by coming for the first time. */
const sentences: Readonly<Record<string, string>> = {
  session_ended: 'Your sign-in has ended. Sign in to go on where you were.',
  account_locked: 'This account is locked. Ask an administrator.',
}

/** Says why the form is there, where the person may not know. */
export function Ended(): ReactElement | null {
  const sentence = sentences[useAuth().state.reason ?? '']
  return sentence === undefined ? null : (
    <p className="told" role="status">
      {sentence}
    </p>
  )
}
