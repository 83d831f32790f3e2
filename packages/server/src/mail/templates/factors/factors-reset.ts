import { defineTemplate } from '../../template.ts'

/** The notice that support or an operator has removed all second factors. `link` leads to a reset. */
export const factorsReset = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `Your second factors for ${product} were reset`,
      blocks: [
        {
          text: `${product} support reset your account on ${at}: it has no second factors and no recovery codes now, and you are signed out everywhere. Until you set one up, only your password protects the account.`,
        },
        { text: 'Sign in and set up a second factor.' },
        { text: 'If you did not request this, set a new password now. Then contact support:' },
        { link, label: 'Set a new password' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Ihre zweiten Faktoren für ${product} wurden zurückgesetzt`,
      blocks: [
        {
          text: `Der Support von ${product} hat am ${at} Ihr Konto zurückgesetzt: Es hat jetzt keine zweiten Faktoren und keine Wiederherstellungscodes, und Sie sind überall abgemeldet. Bis Sie einen einrichten, schützt nur Ihr Passwort das Konto.`,
        },
        { text: 'Melden Sie sich an und richten Sie einen zweiten Faktor ein.' },
        {
          text: 'Wenn Sie nicht darum gebeten haben, legen Sie jetzt ein neues Passwort fest. Wenden Sie sich dann an den Support:',
        },
        { link, label: 'Neues Passwort festlegen' },
      ],
    }),
  },
})
