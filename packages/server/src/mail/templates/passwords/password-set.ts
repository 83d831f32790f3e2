import { defineTemplate } from '../../template.ts'

/** The notice that an operator has set another password. `link` leads to a reset. */
export const passwordSet = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `${product} support set a new password for your account`,
      blocks: [
        {
          text: `${product} support set a new password for your account on ${at}, and ended all sign-ins.`,
        },
        { text: 'They know that password. Set one that only you know:' },
        { link, label: 'Set a new password' },
        { note: 'If you did not request this, contact support.' },
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
