import { defineTemplate } from '../../template.ts'

/** The notice to the former address that an operator has set another one. */
export const emailChanged = defineTemplate({
  values: { at: 'time' },
  required: [],
  words: {
    en: ({ product, at }) => ({
      subject: `The address of your account at ${product} was changed`,
      blocks: [
        {
          text: `${product} support set another e-mail address for your account on ${at}. Mails go there from now on.`,
        },
        { note: 'If you did not request this, contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Die Adresse Ihres Kontos bei ${product} wurde geändert`,
      blocks: [
        {
          text: `Der Betrieb von ${product} hat am ${at} eine andere E-Mail-Adresse für Ihr Konto festgelegt. E-Mails gehen von jetzt an dorthin.`,
        },
        { note: 'Wenn Sie nicht darum gebeten haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
