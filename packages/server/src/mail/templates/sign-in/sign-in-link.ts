import { defineTemplate } from '../../template.ts'

/** The link to sign in without a password. */
export const signInLink = defineTemplate({
  values: { link: 'link', code: 'code' },
  required: ['link'],
  words: {
    en: ({ product, link, code }) => ({
      subject: `Sign in to ${product}`,
      blocks: [
        { text: `Use this link to sign in to ${product}, in the browser that requested it.` },
        { link, label: 'Sign in' },
        { text: 'Do you read this on another device? Enter this code on the page that you left:' },
        { code },
        {
          note: 'The link and the code work once, for 10 minutes. Give them to no one. If you did not request this, do nothing: no one can sign in without this mail.',
        },
      ],
    }),
    de: ({ product, link, code }) => ({
      subject: `Anmeldung bei ${product}`,
      blocks: [
        {
          text: `Mit diesem Link melden Sie sich bei ${product} an, in dem Browser, in dem Sie ihn angefordert haben.`,
        },
        { link, label: 'Anmelden' },
        {
          text: 'Lesen Sie das auf einem anderen Gerät? Geben Sie diesen Code auf der Seite ein, die Sie verlassen haben:',
        },
        { code },
        {
          note: 'Link und Code gelten einmal und 10 Minuten lang. Geben Sie sie nicht weiter. Wenn Sie das nicht angefordert haben, müssen Sie nichts tun: Ohne diese Mail kann sich so niemand anmelden.',
        },
      ],
    }),
  },
})
