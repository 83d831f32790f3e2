import type { RecoveryCodes, TotpEnrolment } from '@keyhaven/core/wire'
import type { SignInActs } from './account-acts.ts'
import type { ActTools } from './act-tools.ts'

/** Creates the acts that complete a sign-in, or begin one without a password. */
export function signInActs(tools: ActTools): SignInActs {
  const { page, post, enter, entered, failed } = tools
  const enrol = '/sessions/second-factor/enrol/totp'
  return {
    completeSignIn: async (body) =>
      entered(await enter({ method: 'POST', path: '/sessions/second-factor', body })),
    enrolTotp: async (body = {}) => {
      const reply = await page.send({ method: 'POST', path: enrol, body })
      return reply?.status === 201 ? { ok: true, ...(reply.body as TotpEnrolment) } : failed(reply)
    },
    confirmEnrolledTotp: async ({ id, code }) => {
      const path = `${enrol}/${encodeURIComponent(id)}/confirm`
      const entry = await enter({ method: 'POST', path, body: { code } })
      const result = entered(entry)
      const { recoveryCodes } = (entry.reply?.body ?? {}) as RecoveryCodes
      return result.ok ? { ...result, recoveryCodes } : result
    },
    signInByMail: (body) => post('/sessions/email', body, 202),
    confirmSignIn: async (body) =>
      entered(await enter({ method: 'POST', path: '/sessions/email/confirm', body })),
    signInWithPasskey: (begin) =>
      import('../passkeys/passkey-acts.ts').then(
        ({ passkeyActs }) => passkeyActs(tools).signIn(begin),
        () => failed(undefined),
      ),
  }
}
