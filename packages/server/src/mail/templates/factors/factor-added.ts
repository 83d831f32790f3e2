import { defineTemplate } from '../../template.ts'

/** The notice that a user has set up a second factor. `link` leads to a reset. */
export const factorAdded = defineTemplate({
  values: { at: 'time', factor: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, factor, link }) => ({
      subject: `A second factor was added to your account at ${product}`,
      blocks: [
        {
          text: `A second factor was added to your account at ${product} on ${at}. All other devices were signed out.`,
        },
        { text: `Kind: ${factor}.` },
        {
          text: 'If this was not you, set a new password now. Then contact support, who can remove the second factor:',
        },
        { link, label: 'Set a new password' },
        { note: 'If it was you, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, factor, link }) => ({
      subject: `Zweiter Faktor für Ihr Konto bei ${product} hinzugefügt`,
      blocks: [
        {
          text: `Am ${at} wurde Ihrem Konto bei ${product} ein zweiter Faktor hinzugefügt. Alle anderen Geräte wurden abgemeldet.`,
        },
        { text: `Art: ${factor}.` },
        {
          text: 'Wenn Sie das nicht waren, legen Sie jetzt ein neues Passwort fest. Wenden Sie sich dann an den Support, der den zweiten Faktor entfernen kann:',
        },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun.' },
      ],
    }),
  },
})
