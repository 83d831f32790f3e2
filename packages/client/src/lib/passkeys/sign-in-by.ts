import type { PasskeySignIn } from '../account/account-acts.ts'
import type { ActTools } from '../account/act-tools.ts'
import type { Reply, Result } from '../calls/results.ts'
import type { AuthState } from '../state/states.ts'
import { forgetUnknown } from './signals.ts'

/** The result of a sign-in. */
export type SignedIn = Result<{ readonly state: AuthState }>

/** The browser's answer to a challenge, and the options that it answers. */
export interface Answered {
  readonly response: unknown
  readonly options: unknown
}

/** Requests the options of a sign-in by passkey alone. */
export function signInOptions({ page }: ActTools, login?: string): Promise<Reply> {
  return page.begin({ method: 'POST', path: '/sessions/passkey/options', body: { login } })
}

/** Signs in by an answer. A passkey that the service does not know is forgotten by the browser. */
export async function signInBy(
  { enter, entered }: ActTools,
  { response, options }: Answered,
  begin: PasskeySignIn,
): Promise<SignedIn> {
  const body = { ...begin, response }
  const entry = await enter({ method: 'POST', path: '/sessions/passkey', body })
  const { passkey } = (entry.reply?.body ?? {}) as { readonly passkey?: string }
  if (entry.reply?.status === 401 && passkey === 'unknown') {
    const { rpId } = options as { readonly rpId: string }
    await forgetUnknown(rpId, (response as { readonly id: string }).id)
  }
  return entered(entry)
}
