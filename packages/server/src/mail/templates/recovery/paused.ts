import { defineTemplate } from '../../template.ts'

/** The notice of an account that its user has paused. */
export const paused = defineTemplate({
  values: { at: 'time', until: 'time' },
  required: [],
  words: {
    en: ({ product, at, until }) => ({
      subject: `Your account at ${product} is paused`,
      blocks: [
        {
          text: `On ${at} your account at ${product} was paused, by a link that was sent to you. All devices are signed out. Until ${until} the password can’t be reset by mail.`,
        },
        {
          text: 'You can sign in with your password and your second factor. If you can’t, contact support before that time.',
        },
      ],
    }),
    de: ({ product, at, until }) => ({
      subject: `Ihr Konto bei ${product} ist angehalten`,
      blocks: [
        {
          text: `Am ${at} wurde Ihr Konto bei ${product} angehalten, mit einem Link, der an Sie ging. Alle Geräte sind abgemeldet. Bis ${until} kann das Passwort nicht per E-Mail zurückgesetzt werden.`,
        },
        {
          text: 'Sie können sich mit Ihrem Passwort und Ihrem zweiten Faktor anmelden. Wenn das nicht geht, wenden Sie sich vor diesem Zeitpunkt an den Support.',
        },
      ],
    }),
  },
})
