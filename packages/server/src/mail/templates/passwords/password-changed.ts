import { defineTemplate } from '../../template.ts'

/** The notice that a user has changed their password. `keys` are the API keys that still work; `link` leads to a reset. */
export const passwordChanged = defineTemplate({
  values: { at: 'time', keys: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, keys, link }) => ({
      subject: `Your password for ${product} was changed`,
      blocks: [
        { text: `The password of your account at ${product} was changed on ${at}.` },
        { text: `API keys of your account that still work: ${keys}.` },
        { text: 'If you did not change it, set a new password now:' },
        { link, label: 'Set a new password' },
        { note: 'If you changed it yourself, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, keys, link }) => ({
      subject: `Ihr Passwort für ${product} wurde geändert`,
      blocks: [
        { text: `Das Passwort Ihres Kontos bei ${product} wurde am ${at} geändert.` },
        { text: `API-Schlüssel Ihres Kontos, die weiter gelten: ${keys}.` },
        { text: 'Wenn Sie es nicht geändert haben, legen Sie jetzt ein neues Passwort fest:' },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es selbst geändert haben, müssen Sie nichts tun.' },
      ],
    }),
  },
})
