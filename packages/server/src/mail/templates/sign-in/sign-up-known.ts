import { defineTemplate } from '../../template.ts'

/** The answer to a sign-up with an address that already has an account. */
export const signUpKnown = defineTemplate({
  values: { link: 'link', resetLink: 'link' },
  required: ['link', 'resetLink'],
  words: {
    en: ({ product, link, resetLink }) => ({
      subject: `You already have an account at ${product}`,
      blocks: [
        {
          text: `This address was used to sign up for ${product}, but it already has an account there.`,
        },
        { link, label: 'Sign in' },
        { text: 'Did you forget the password? Set a new one:' },
        { link: resetLink, label: 'Set a new password' },
        { note: 'If you did not try to sign up, do nothing: nothing has changed.' },
      ],
    }),
    de: ({ product, link, resetLink }) => ({
      subject: `Sie haben bereits ein Konto bei ${product}`,
      blocks: [
        {
          text: `Mit dieser Adresse sollte ein Konto bei ${product} angelegt werden, aber sie hat dort bereits eines.`,
        },
        { link, label: 'Anmelden' },
        { text: 'Haben Sie das Passwort vergessen? Legen Sie ein neues fest:' },
        { link: resetLink, label: 'Neues Passwort festlegen' },
        {
          note: 'Wenn Sie kein Konto anlegen wollten, müssen Sie nichts tun: Es hat sich nichts geändert.',
        },
      ],
    }),
  },
})
