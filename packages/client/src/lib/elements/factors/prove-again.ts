import type { Result } from '../../calls/results.ts'
import { passwordField } from '../kit/field.ts'
import { below, form, text } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import type { Tree } from '../kit/tree.ts'
import type { View } from '../kit/view.ts'
import { everyWay, prove } from './ways.ts'
import type { Way } from './ways.ts'

/** What a step-up has around its proof. */
export interface Around {
  readonly beside?: readonly Tree[]
  readonly acts?: View['acts']
  /** Shows what follows. */
  readonly done: () => void
}

/** The second factors of the person, the safest one first. None also if they can't be had: the service decides. */
export async function waysOf({ auth }: Pane): Promise<readonly Way[]> {
  const result = await auth.factors.list()
  if (!result.ok) return []
  const names: string[] = result.items.map(({ kind }) => kind)
  if (names.length > 0 && result.recoveryCodes > 0) names.push('recovery_code')
  return everyWay.filter((way) => names.includes(way))
}

/** Has the person prove again who they are: by a second factor, or by the password if they have none. */
export function proveAgain(pane: Pane, ways: readonly Way[], around: Around): void {
  const { kit, factors } = pane.words
  const { stepUp: words } = factors
  const { done, beside = [], acts = {} } = around
  const proved = async (proving: Promise<Result>): Promise<Result> => {
    const result = await proving
    if (result.ok) done()
    return result
  }
  if (ways.length > 0) {
    return prove(pane, {
      name: 'step-up-factor',
      lead: words.before,
      act: kit.goOn,
      ways,
      typed: (factor) => proved(pane.auth.stepUp(factor)),
      byPasskey: async () => {
        const { passkeys } = await import('../../../passkey.ts')
        return proved(passkeys(pane.auth).stepUp())
      },
      below: [],
      beside,
      acts,
    })
  }
  const value = pane.auth.state.account?.email
  // For password managers, which look up the password of this user
  const user: Tree = [
    'input',
    { type: 'text', autocomplete: 'username', value, readonly: '', hidden: '' },
  ]
  const password = passwordField(pane, { more: { 'data-kh-focus': '' } })
  const link = { class: 'kh-link', href: pane.pageOf('forgot'), target: '_blank' }
  pane.show({
    title: words.title,
    body: [
      text(words.lead),
      form(pane, { name: 'step-up', fields: [user, password], act: kit.goOn, beside }),
      below(words.none, ['a', link, words.set]),
    ],
    acts,
    forms: {
      'step-up': {
        missing: { password: words.missing },
        places: { invalid_credentials: 'password' },
        problems: { invalid_credentials: words.wrong },
        send: ({ password: typed = '' }) => proved(pane.auth.stepUp({ password: typed })),
        refused: (error) => {
          if (error.code !== 'second_factor_required') return false
          proveAgain(
            pane,
            everyWay.filter((way) => error.factors.includes(way)),
            around,
          )
          return true
        },
      },
    },
  })
}
