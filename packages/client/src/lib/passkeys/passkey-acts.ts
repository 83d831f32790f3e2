import type { AddedFactor, RecoveryCodes } from '@keyhaven/core/wire'
import type { PasskeySignIn } from '../account/account-acts.ts'
import type { ActTools } from '../account/act-tools.ts'
import type { Reply, Result } from '../calls/results.ts'
import type { AuthState } from '../state/states.ts'
import { autofill } from './autofill.ts'
import { refused } from './browser-refusals.ts'
import { askPasskey, makePasskey } from './ceremonies.ts'
import type { Answer } from './ceremonies.ts'
import type { Passkeys } from './passkeys.ts'
import { forgetUnknown } from './signals.ts'
import { inAct, inTurn } from './turns.ts'

/** The acts that begin a ceremony. */
export type PasskeyActs = Omit<Passkeys, 'isSupported' | 'rename' | 'remove'>

/** Whether this browser has passkeys at all, in this page. */
export function isSupported(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function' && !!navigator.credentials
}

/** Creates the acts of a page. */
export function passkeyActs(tools: ActTools): PasskeyActs {
  const { page, act, enter, entered, prove, failed } = tools
  const ceremony = <T>(
    perform: typeof askPasskey,
    { begin, complete }: Ceremony<T>,
  ): Promise<Result<T>> =>
    inAct(async (turn) => {
      if (!isSupported()) return refused('passkey_unsupported')
      const options = await begin()
      if (options?.status !== 200) return failed(options)
      const answer = await inTurn(turn, (signal) => perform(options.body, signal))
      return answer.ok ? complete(answer) : answer
    })
  const post = (path: string, body: object = {}) => page.send({ method: 'POST', path, body })
  const signIn = ({ login, ...begin }: PasskeySignIn = {}): Promise<SignedIn> =>
    ceremony(askPasskey, {
      begin: () => post('/sessions/passkey/options', { login }),
      complete: (answer) => signInBy(tools, answer, begin),
    })
  const factor = '/sessions/second-factor'
  return {
    signIn,
    autofill: (begin) => (isSupported() ? autofill(tools, begin, signIn) : unsupported()),
    register: ({ name } = {}) =>
      ceremony(makePasskey, {
        begin: () => act({ method: 'POST', path: '/passkeys/options', body: {} }),
        complete: async ({ response }) => {
          const reply = await act({ method: 'POST', path: '/passkeys', body: { response, name } })
          if (reply?.status !== 201) return failed(reply)
          const { recoveryCodes, ...passkey } = reply.body as AddedFactor
          return { ok: true, passkey, ...(recoveryCodes && { recoveryCodes }) }
        },
      }),
    completeSignIn: () =>
      ceremony(askPasskey, {
        begin: () => post(`${factor}/options`),
        complete: async ({ response }) =>
          entered(await enter({ method: 'POST', path: factor, body: { passkey: response } })),
      }),
    enrol: ({ name, mailCode } = {}) =>
      ceremony(makePasskey, {
        begin: () => post(`${factor}/enrol/passkey/options`, { mailCode }),
        complete: async ({ response }) => {
          const path = `${factor}/enrol/passkey`
          const entry = await enter({ method: 'POST', path, body: { response, name } })
          const result = entered(entry)
          const { recoveryCodes } = (entry.reply?.body ?? {}) as RecoveryCodes
          return result.ok ? { ...result, recoveryCodes } : result
        },
      }),
    stepUp: () =>
      ceremony(askPasskey, {
        begin: () => act({ method: 'POST', path: '/sessions/current/step-up/options', body: {} }),
        complete: ({ response }) => prove({ passkey: response }),
      }),
  }
}
