import { defineTemplate } from '../../template.ts'

/** The notice that the signature counter of a passkey went back. `link` leads to a reset. */
export const passkeyCounterBack = defineTemplate({
  values: { at: 'time', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, link }) => ({
      subject: `A passkey of your account at ${product} may have been copied`,
      blocks: [
        {
          text: `A passkey of your account at ${product} was used on ${at}. It counts its uses, and its count was lower than the last time. That happens if the passkey exists twice.`,
        },
        {
          text: 'If you did not use it then, sign in, remove the passkey, and set a new password:',
        },
        { link, label: 'Set a new password' },
        { note: 'If you have copied or restored the passkey yourself, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, link }) => ({
      subject: `Ein Passkey Ihres Kontos bei ${product} wurde vielleicht kopiert`,
      blocks: [
        {
          text: `Am ${at} wurde ein Passkey Ihres Kontos bei ${product} benutzt. Er zählt seine Benutzungen, und sein Zähler war niedriger als beim letzten Mal. Das kommt vor, wenn es den Passkey zweimal gibt.`,
        },
        {
          text: 'Wenn Sie ihn zu dieser Zeit nicht benutzt haben, melden Sie sich an, entfernen Sie den Passkey und legen Sie ein neues Passwort fest:',
        },
        { link, label: 'Neues Passwort festlegen' },
        {
          note: 'Wenn Sie den Passkey selbst kopiert oder wiederhergestellt haben, müssen Sie nichts tun.',
        },
      ],
    }),
  },
})
