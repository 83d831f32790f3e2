import { defineTemplate } from '../../template.ts'

/** The notice that an account will be erased, with the link that undoes it until then. */
export const erasureRequested = defineTemplate({
  values: { link: 'link', at: 'time' },
  required: ['link'],
  words: {
    en: ({ product, link, at }) => ({
      subject: `Your account at ${product} will be erased`,
      blocks: [
        {
          text: `The erasure of your account at ${product} was requested. You are signed out everywhere, and on ${at} your account is erased, with the data that ${product} stores with it for sign-in.`,
        },
        { text: 'Until then you can keep the account:' },
        { link, label: 'Keep my account' },
        { note: 'If you want it erased, you need to do nothing.' },
      ],
    }),
    de: ({ product, link, at }) => ({
      subject: `Ihr Konto bei ${product} wird gelöscht`,
      blocks: [
        {
          text: `Für Ihr Konto bei ${product} wurde die Löschung angefordert. Sie sind überall abgemeldet, und am ${at} wird das Konto mit den Daten gelöscht, die ${product} dazu für die Anmeldung speichert.`,
        },
        { text: 'Bis dahin können Sie das Konto behalten:' },
        { link, label: 'Mein Konto behalten' },
        { note: 'Wenn Sie es löschen möchten, müssen Sie nichts tun.' },
      ],
    }),
  },
})
