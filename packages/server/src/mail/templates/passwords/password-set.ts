import { defineTemplate } from '../../template.ts'

/** The notice that an operator has set another password. `link` leads to a reset. */
export const passwordSet = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `The support of ${product} set a password for your account`,
      blocks: [
        {
          text: `An operator of ${product} set another password for your account on ${at}, and ended all sign-ins.`,
        },
        { text: 'An operator knows that password. Set one that only you know:' },
        { link, label: 'Set a new password' },
        { note: 'If you did not request this, contact the support.' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Der Support von ${product} hat ein Passwort für Ihr Konto festgelegt`,
      blocks: [
        {
          text: `Der Betrieb von ${product} hat am ${at} ein anderes Passwort für Ihr Konto festgelegt und alle Anmeldungen beendet.`,
        },
        { text: 'Der Betrieb kennt dieses Passwort. Legen Sie eines fest, das nur Sie kennen:' },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie nicht darum gebeten haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
