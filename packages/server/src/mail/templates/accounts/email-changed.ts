import { defineTemplate } from '../../template.ts'

/** The notice to a former address whose account has another one, which no link undoes. */
export const emailChanged = defineTemplate({
  values: { at: 'time' },
  required: [],
  words: {
    en: ({ product, at }) => ({
      subject: `The address of your account at ${product} was changed`,
      blocks: [
        {
          text: `Your account at ${product} has had another e-mail address since ${at}. Mails go there from now on.`,
        },
        { note: 'If you did not change it, contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Die Adresse Ihres Kontos bei ${product} wurde geändert`,
      blocks: [
        {
          text: `Ihr Konto bei ${product} hat seit ${at} eine andere E-Mail-Adresse. E-Mails gehen von jetzt an dorthin.`,
        },
        { note: 'Wenn Sie die Adresse nicht geändert haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
