import { defineTemplate } from '../../template.ts'

/** The notice that an operator has made a link that sets another password. It has no link: the operator gives it. */
export const resetByOperator = defineTemplate({
  values: { at: 'time' },
  required: ['at'],
  words: {
    en: ({ product, at }) => ({
      subject: `${product} made a link that sets your password`,
      blocks: [
        {
          text: `On ${at} an operator of ${product} made a link that sets a new password for your account, and signed you out everywhere. The former password does not work any more.`,
        },
        { text: 'The operator gives you the link. It works once, for 30 minutes.' },
        { note: 'If you did not request this, contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Link für ein neues Passwort bei ${product}`,
      blocks: [
        {
          text: `Am ${at} hat der Betrieb von ${product} einen Link erstellt, mit dem Ihr Konto ein neues Passwort bekommt, und Sie überall abgemeldet. Das bisherige Passwort gilt nicht mehr.`,
        },
        { text: 'Sie bekommen den Link vom Betrieb. Er gilt einmal und 30 Minuten lang.' },
        { note: 'Wenn Sie nicht darum gebeten haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
