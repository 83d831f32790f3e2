import { defineTemplate } from '../../template.ts'

/** The link that confirms the address of a sign-up. It contains nothing that was typed there. */
export const confirm = defineTemplate({
  values: { link: 'link', code: 'code' },
  required: ['link'],
  words: {
    en: ({ product, link, code }) => ({
      subject: `Confirm your address for ${product}`,
      blocks: [
        { text: `This address was used to sign up for ${product}.` },
        { link, label: 'Confirm this address' },
        { text: 'Do you read this on another device? Enter this code on the page that you left:' },
        { code },
        {
          note: 'The link works once, for one hour. If you did not sign up, do nothing: no account is created.',
        },
      ],
    }),
    de: ({ product, link, code }) => ({
      subject: `Bestätigen Sie Ihre Adresse für ${product}`,
      blocks: [
        { text: `Mit dieser Adresse soll ein Konto bei ${product} angelegt werden.` },
        { link, label: 'Adresse bestätigen' },
        {
          text: 'Lesen Sie das auf einem anderen Gerät? Geben Sie diesen Code auf der Seite ein, die Sie verlassen haben:',
        },
        { code },
        {
          note: 'Der Link gilt einmal und eine Stunde lang. Wenn Sie kein Konto anlegen wollten, müssen Sie nichts tun: Es entsteht keines.',
        },
      ],
    }),
  },
})
