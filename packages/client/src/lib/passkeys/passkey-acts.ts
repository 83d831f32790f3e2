import type { AddedFactor, RecoveryCodes } from '@keyhaven/core/wire'
import type { EmailUndo, Undone } from '../account/account-acts.ts'
import type { ActTools } from '../account/act-tools.ts'
import { undoByLink } from '../account/undo-by-link.ts'
import type { Reply, Result } from '../calls/results.ts'
import { autofill } from './autofill.ts'
import { refused } from './browser-refusals.ts'
import { getPasskey, makePasskey } from './ceremony-answer.ts'
import { isSupported } from './is-supported.ts'
import type { Passkeys } from './passkeys.ts'
import { signInBy, signInOptions } from './sign-in-by.ts'
import type { Answered } from './sign-in-by.ts'
import { inAct, inTurn } from './turns.ts'

/** The acts that begin a ceremony. */
export type PasskeyActs = Omit<Passkeys, 'isSupported' | 'rename' | 'remove'>

/** A ceremony between two calls of the service. */
interface Ceremony<T> {
  /** Requests its options. */
  readonly begin: () => Promise<Reply>
  readonly perform: typeof getPasskey
  /** Sends the browser's answer. */
  readonly complete: (answered: Answered) => Promise<Result<T>>
}

/** Creates the acts of a page. */
export function passkeyActs(tools: ActTools): PasskeyActs {
  const { page, act, enter, entered, prove, failed } = tools
  const factor = '/sessions/second-factor'
  const run = <T>({ begin, perform, complete }: Ceremony<T>): Promise<Result<T>> =>
    inAct(async (turn) => {
      if (!isSupported()) return refused('passkey_unsupported')
      const reply = await begin()
      if (reply?.status !== 200) return failed(reply)
      const options = reply.body
      const answer = await inTurn(turn, (signal) => perform(options, signal))
      return answer.ok ? complete({ ...answer, options }) : answer
    })
  const signIn: PasskeyActs['signIn'] = ({ login, ...begin } = {}) =>
    run({
      begin: () => signInOptions(tools, login),
      perform: getPasskey,
      complete: (answered) => signInBy(tools, answered, begin),
    })
  const undo = (path: string, body: EmailUndo): Promise<Result<Undone>> =>
    run({
      begin: () =>
        page.send({ method: 'POST', path: `${path}/options`, body: { token: body.token } }),
      perform: getPasskey,
      complete: ({ response }) => undoByLink(tools, path, { ...body, passkey: response }),
    })
  return {
    denySignIn: (denial) => undo('/session-notices/deny', denial),
    undoEmailChange: (change) => undo('/email-changes/undo', change),
    signIn,
    autofill: async (begin) =>
      isSupported() ? autofill(tools, begin, signIn) : refused('passkey_unsupported'),
    register: ({ name } = {}) =>
      run({
        begin: () => act({ method: 'POST', path: '/passkeys/options', body: {} }),
        perform: makePasskey,
        complete: async ({ response }) => {
          const reply = await act({ method: 'POST', path: '/passkeys', body: { response, name } })
          if (reply?.status !== 201) return failed(reply)
          const { recoveryCodes, ...passkey } = reply.body as AddedFactor
          return { ok: true, passkey, ...(recoveryCodes && { recoveryCodes }) }
        },
      }),
    completeSignIn: () =>
      run({
        begin: () => page.send({ method: 'POST', path: `${factor}/options`, body: {} }),
        perform: getPasskey,
        complete: async ({ response }) =>
          entered(await enter({ method: 'POST', path: factor, body: { passkey: response } })),
      }),
    enrol: ({ name, mailCode } = {}) =>
      run({
        begin: () => {
          const path = `${factor}/enrol/passkey/options`
          return page.send({ method: 'POST', path, body: { mailCode } })
        },
        perform: makePasskey,
        complete: async ({ response }) => {
          const path = `${factor}/enrol/passkey`
          const entry = await enter({ method: 'POST', path, body: { response, name } })
          const result = entered(entry)
          const { recoveryCodes } = (entry.reply?.body ?? {}) as RecoveryCodes
          return result.ok ? { ...result, recoveryCodes } : result
        },
      }),
    stepUp: () =>
      run({
        begin: () => act({ method: 'POST', path: '/sessions/current/step-up/options', body: {} }),
        perform: getPasskey,
        complete: ({ response }) => prove({ passkey: response }),
      }),
  }
}
