import { defineTemplate } from '../../template.ts'

/** The code with which a browser that the account does not know may set up a second factor (H16). */
export const enrolCode = defineTemplate({
  values: { code: 'code' },
  required: ['code'],
  words: {
    en: ({ product, code }) => ({
      subject: `Your code for ${product}`,
      blocks: [
        {
          text: `A second factor is to be set up for your account at ${product}, in a browser that the account does not know. Enter this code there:`,
        },
        { code },
        {
          note: 'The code works once, for 10 minutes. If you did not sign in just now, another person knows your password: give the code to no one, and choose “Forgot your password?” where you sign in.',
        },
      ],
    }),
    de: ({ product, code }) => ({
      subject: `Ihr Code für ${product}`,
      blocks: [
        {
          text: `Für Ihr Konto bei ${product} soll ein zweiter Faktor eingerichtet werden, in einem Browser, den das Konto nicht kennt. Geben Sie dort diesen Code ein:`,
        },
        { code },
        {
          note: 'Der Code gilt einmal und 10 Minuten lang. Wenn Sie sich nicht gerade angemeldet haben, kennt eine andere Person Ihr Passwort: Geben Sie den Code nicht weiter, und wählen Sie bei der Anmeldung „Passwort vergessen?“.',
        },
      ],
    }),
  },
})
