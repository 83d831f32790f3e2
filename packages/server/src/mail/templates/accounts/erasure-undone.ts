import { defineTemplate } from '../../template.ts'

/** The notice that the erasure of an account was undone. */
export const erasureUndone = defineTemplate({
  values: { at: 'time' },
  required: [],
  words: {
    en: ({ product, at }) => ({
      subject: `Your account at ${product} will not be erased`,
      blocks: [
        {
          text: `The erasure of your account at ${product} was undone on ${at}. Your account is as it was, and you can sign in with the password that you had.`,
        },
        { note: 'If you did not do this, sign in and set a new password, or contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Ihr Konto bei ${product} wird nicht gelöscht`,
      blocks: [
        {
          text: `Die Löschung Ihres Kontos bei ${product} wurde am ${at} widerrufen. Ihr Konto ist, wie es war, und Sie können sich mit Ihrem bisherigen Passwort anmelden.`,
        },
        {
          note: 'Wenn Sie das nicht waren, melden Sie sich an und legen ein neues Passwort fest, oder wenden Sie sich an den Support.',
        },
      ],
    }),
  },
})
