import { defineTemplate } from '../../template.ts'

/** The notice that an account was erased at once, without a time in which it could be kept. */
export const erased = defineTemplate({
  values: { at: 'time' },
  required: [],
  words: {
    en: ({ product, at }) => ({
      subject: `Your account at ${product} is erased`,
      blocks: [
        {
          text: `The erasure of your account at ${product} was requested on ${at}. You are signed out everywhere, and your account is erased now, with the data that ${product} stores with it for sign-in.`,
        },
        { note: 'If you did not request this, contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Ihr Konto bei ${product} ist gelöscht`,
      blocks: [
        {
          text: `Für Ihr Konto bei ${product} wurde am ${at} die Löschung angefordert. Sie sind überall abgemeldet, und das Konto wird jetzt mit den Daten gelöscht, die ${product} dazu für die Anmeldung speichert.`,
        },
        { note: 'Wenn Sie das nicht angefordert haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
