import type { FactorList } from '@keyhaven/core/wire'
import type { ActTools } from '../account/act-tools.ts'
import { isBusy } from './turns.ts'

// What the browser's password manager learns of a change here. Nothing depends on whether it can be reached

/** The browser's methods that reach its password manager; few browsers have them. */
export type Signals = Partial<
  Pick<
    typeof PublicKeyCredential,
    'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails'
  >
>

async function signal(send: (signals: Signals) => Promise<void> | undefined): Promise<void> {
  try {
    await send(globalThis.PublicKeyCredential ?? {})
  } catch {
    // The domain is another one than the page's, or the manager has failed
  }
}

/** Forgets a passkey that the service has reported as unknown. It can't be brought back (WA-2). */
export function forgetUnknown(rpId: string, credentialId: string): Promise<void> {
  return signal((to) => to.signalUnknownCredential?.({ rpId, credentialId }))
}

/** Forgets the passkeys of this page's user that the service does not list. */
export function forgetRemoved({ page }: Pick<ActTools, 'page'>): Promise<void> {
  return signal(async (to) => {
    // A passkey that is being made may not be listed yet
    if (!to.signalAllAcceptedCredentials || isBusy()) return
    const reply = await page.send({ method: 'GET', path: '/factors' })
    if (reply?.status !== 200 || isBusy()) return
    const { items, passkeys } = reply.body as FactorList
    await to.signalAllAcceptedCredentials({
      ...passkeys,
      allAcceptedCredentialIds: items.flatMap(({ passkeyId = [] }) => passkeyId),
    })
  })
}

/** Shows the passkeys of this page's user under their current address and name. */
export function renameUser({ page }: Pick<ActTools, 'page'>): Promise<void> {
  return signal(async (to) => {
    if (!to.signalCurrentUserDetails) return
    const reply = await page.send({ method: 'GET', path: '/factors' })
    const { account } = page.store.known.view ?? {}
    if (reply?.status !== 200 || !account) return
    const { passkeys } = reply.body as FactorList
    const { email, name } = account
    await to.signalCurrentUserDetails({ ...passkeys, name: email, displayName: name ?? email })
  })
}
