import { defineTemplate } from '../../template.ts'

/** The notice that support or an operator has removed all second factors. `link` leads to a reset. */
export const factorsReset = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `Your second factors for ${product} were removed`,
      blocks: [
        {
          text: `${product} support removed all second factors and recovery codes of your account on ${at}, and signed you out everywhere. Until you set one up again, only your password protects the account.`,
        },
        { text: 'Sign in and set up a second factor again.' },
        { text: 'If you did not request this, set a new password now. Then contact support:' },
        { link, label: 'Set a new password' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Ihre zweiten Faktoren für ${product} wurden entfernt`,
      blocks: [
        {
          text: `Der Support von ${product} hat am ${at} alle zweiten Faktoren und Wiederherstellungscodes Ihres Kontos entfernt und Sie überall abgemeldet. Bis Sie wieder einen einrichten, schützt nur Ihr Passwort das Konto.`,
        },
        { text: 'Melden Sie sich an und richten Sie wieder einen zweiten Faktor ein.' },
        {
          text: 'Wenn Sie nicht darum gebeten haben, legen Sie jetzt ein neues Passwort fest. Wenden Sie sich dann an den Support:',
        },
        { link, label: 'Neues Passwort festlegen' },
      ],
    }),
  },
})
