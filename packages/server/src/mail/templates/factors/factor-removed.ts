import { defineTemplate } from '../../template.ts'

/** The notice that a user has removed a second factor. `link` leads to a reset. */
export const factorRemoved = defineTemplate({
  values: { at: 'time', factor: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, factor, link }) => ({
      subject: `A second factor was removed from your account at ${product}`,
      blocks: [
        {
          text: `A second factor was removed from your account at ${product} on ${at}. All other devices were signed out.`,
        },
        { text: `Kind: ${factor}.` },
        { text: 'If this was not you, set a new password now:' },
        { link, label: 'Set a new password' },
        { note: 'If it was you, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, factor, link }) => ({
      subject: `Zweiter Faktor Ihres Kontos bei ${product} entfernt`,
      blocks: [
        {
          text: `Am ${at} wurde ein zweiter Faktor Ihres Kontos bei ${product} entfernt. Alle anderen Geräte wurden abgemeldet.`,
        },
        { text: `Art: ${factor}.` },
        { text: 'Wenn Sie das nicht waren, legen Sie jetzt ein neues Passwort fest:' },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun.' },
      ],
    }),
  },
})
