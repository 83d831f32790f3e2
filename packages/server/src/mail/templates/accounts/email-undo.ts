import { defineTemplate } from '../../template.ts'

/** The notice to a former address, with the link that brings it back. */
export const emailUndo = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `The address of your account at ${product} was changed`,
      blocks: [
        {
          text: `Your account at ${product} has had another e-mail address since ${at}. Mails go there from now on.`,
        },
        { text: 'If you changed it, do nothing. If you did not, bring this address back:' },
        { link, label: 'Undo the change' },
        {
          note: 'The link works once, for 7 days. It signs out every device, and you choose a new password at the next sign-in.',
        },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Die Adresse Ihres Kontos bei ${product} wurde geändert`,
      blocks: [
        {
          text: `Ihr Konto bei ${product} hat seit ${at} eine andere E-Mail-Adresse. E-Mails gehen von jetzt an dorthin.`,
        },
        {
          text: 'Wenn Sie sie geändert haben, müssen Sie nichts tun. Wenn nicht, stellen Sie diese Adresse wieder her:',
        },
        { link, label: 'Änderung rückgängig machen' },
        {
          note: 'Der Link gilt einmal und 7 Tage lang. Er meldet alle Geräte ab, und bei der nächsten Anmeldung legen Sie ein neues Passwort fest.',
        },
      ],
    }),
  },
})
