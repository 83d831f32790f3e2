import { defineTemplate } from '../../template.ts'

/** The link to set another password, which support has requested for an account. */
export const resetBySupport = defineTemplate({
  values: { link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, link }) => ({
      subject: `Set a new password for ${product}`,
      blocks: [
        {
          text: `${product} support has signed you out everywhere. Set a new password before you sign in again: the former one does not work any more.`,
        },
        { link, label: 'Set a new password' },
        {
          note: 'The link works once, for 30 minutes. Support can’t see or choose your password. If the link has expired, use “Forgot your password?” where you sign in.',
        },
      ],
    }),
    de: ({ product, link }) => ({
      subject: `Neues Passwort für ${product}`,
      blocks: [
        {
          text: `Der Support von ${product} hat Sie überall abgemeldet. Legen Sie ein neues Passwort fest, bevor Sie sich wieder anmelden: Das bisherige gilt nicht mehr.`,
        },
        { link, label: 'Neues Passwort festlegen' },
        {
          note: 'Der Link gilt einmal und 30 Minuten lang. Der Support kann Ihr Passwort weder sehen noch wählen. Wenn der Link abgelaufen ist, wählen Sie bei der Anmeldung „Passwort vergessen?“.',
        },
      ],
    }),
  },
})
