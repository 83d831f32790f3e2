import { checkbox, field } from '../../kit/field.ts'
import { text } from '../../kit/form.ts'
import { showOnce } from '../../kit/show-once.ts'
import type { Tree } from '../../kit/tree.ts'
import type { Begun, List } from '../list.ts'
import { partForm } from '../section.ts'

const DAY = 86_400

/** Days after which a key ends. */
const lives = [30, 90, 365] as const

/** The refusal of a key that may do nothing. */
const nothing = {
  ok: false,
  error: { code: 'insufficient_scope', status: 0, detail: '', errors: [] },
} as const

/** Makes an API key with a name, an end and a part of the person's scopes. Its secret is shown once. */
export function addKey(list: List): Begun {
  const { pane } = list
  const { keys: words } = pane.words.account
  const scopes = pane.auth.state.scope.filter((one) => !one.startsWith('keyhaven:'))
  const life = `${pane.id}-life`
  const fields: readonly Tree[] = [
    field(pane, {
      name: 'name',
      label: words.name,
      autocomplete: 'off',
      help: words.nameHelp,
    }),
    [
      'div',
      { class: 'kh-field' },
      ['label', { for: life, class: 'kh-label' }, words.life],
      [
        'select',
        { id: life, name: 'life', class: 'kh-input' },
        ...lives.map((days): Tree => ['option', { value: String(days) }, words.days(days)]),
      ],
    ],
    scopes.length === 0
      ? text(words.noScope)
      : [
          'fieldset',
          { class: 'kh-choices' },
          ['legend', { class: 'kh-label' }, words.scope],
          ...scopes.map((one) => checkbox(pane, `may ${one}`, one)),
        ],
  ]
  return {
    form: partForm(list, { name: 'key-add', fields, act: words.act }),
    forms: {
      'key-add': {
        missing: { name: words.nameMissing },
        problems: { insufficient_scope: words.scopeMissing },
        send: async ({ name = '', life: days, ...typed }) => {
          const scope = scopes.filter((one) => `may ${one}` in typed)
          if (scope.length === 0 && scopes.length > 0) return nothing
          const expiresIn = Number(days) * DAY
          const result = await pane.auth.apiKeys.create({ name: name.trim(), scope, expiresIn })
          if (!result.ok) return result
          const onSaved = (): void => void list.done(words.made(name.trim()))
          showOnce(pane, [result.apiKey.key], { words: words.once, onSaved })
          return result
        },
      },
    },
  }
}
