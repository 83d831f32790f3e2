import { defineTemplate } from '../../template.ts'

/** The link to set another password. */
export const reset = defineTemplate({
  values: { link: 'link', code: 'code' },
  required: ['link'],
  words: {
    en: ({ product, link, code }) => ({
      subject: `Set a new password for ${product}`,
      blocks: [
        { text: `A new password was requested for your account at ${product}.` },
        { link, label: 'Set a new password' },
        { text: 'Do you read this on another device? Enter this code on the page that you left:' },
        { code },
        {
          note: 'The link works once, for 30 minutes. If you did not request it, do nothing: your password stays as it is.',
        },
      ],
    }),
    de: ({ product, link, code }) => ({
      subject: `Neues Passwort für ${product}`,
      blocks: [
        { text: `Für Ihr Konto bei ${product} wurde ein neues Passwort angefordert.` },
        { link, label: 'Neues Passwort festlegen' },
        {
          text: 'Lesen Sie das auf einem anderen Gerät? Geben Sie diesen Code auf der Seite ein, die Sie verlassen haben:',
        },
        { code },
        {
          note: 'Der Link gilt einmal und 30 Minuten lang. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.',
        },
      ],
    }),
  },
})
