import { defineTemplate } from '../../template.ts'

/** The notice to the address that an account no longer has, because its change was undone. */
export const emailRestored = defineTemplate({
  values: { at: 'time' },
  required: [],
  words: {
    en: ({ product, at }) => ({
      subject: `Your account at ${product} has its former address again`,
      blocks: [
        {
          text: `On ${at} the change of the address of your account at ${product} was undone, by a link that was sent to the former address. All devices are signed out, and mails go to the former address.`,
        },
        { note: 'If you did not undo it, contact support.' },
      ],
    }),
    de: ({ product, at }) => ({
      subject: `Ihr Konto bei ${product} hat wieder seine frühere Adresse`,
      blocks: [
        {
          text: `Am ${at} wurde die Änderung der Adresse Ihres Kontos bei ${product} rückgängig gemacht, mit einem Link, der an die frühere Adresse ging. Alle Geräte sind abgemeldet, und E-Mails gehen an die frühere Adresse.`,
        },
        { note: 'Wenn Sie das nicht getan haben, wenden Sie sich an den Support.' },
      ],
    }),
  },
})
