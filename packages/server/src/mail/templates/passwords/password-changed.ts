import { defineTemplate } from '../../template.ts'

/** The notice that a user has changed their password. `link` leads to a reset. */
export const passwordChanged = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `Your password for ${product} was changed`,
      blocks: [
        { text: `The password of your account at ${product} was changed on ${at}.` },
        { text: 'If you did not change it, set a new password now:' },
        { link, label: 'Set a new password' },
        { note: 'If you changed it yourself, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Ihr Passwort für ${product} wurde geändert`,
      blocks: [
        { text: `Das Passwort Ihres Kontos bei ${product} wurde am ${at} geändert.` },
        { text: 'Wenn Sie es nicht geändert haben, legen Sie jetzt ein neues Passwort fest:' },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es selbst geändert haben, müssen Sie nichts tun.' },
      ],
    }),
  },
})
