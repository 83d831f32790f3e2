import { defineTemplate } from '../../template.ts'

/** The link to set another password, after a sign-in with one that must be replaced. */
export const resetRequired = defineTemplate({
  values: { link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, link }) => ({
      subject: `Set a new password for ${product}`,
      blocks: [
        {
          text: `Your password for ${product} was right, but it must be replaced before you can sign in.`,
        },
        { link, label: 'Set a new password' },
        {
          note: 'The link works once, for 30 minutes. If you did not try to sign in, set a new password now: another person knows yours.',
        },
      ],
    }),
    de: ({ product, link }) => ({
      subject: `Neues Passwort für ${product}`,
      blocks: [
        {
          text: `Ihr Passwort für ${product} war richtig, aber Sie müssen es ersetzen, bevor Sie sich anmelden können.`,
        },
        { link, label: 'Neues Passwort festlegen' },
        {
          note: 'Der Link gilt einmal und 30 Minuten lang. Wenn Sie sich nicht anmelden wollten, legen Sie jetzt ein neues Passwort fest: Eine andere Person kennt Ihres.',
        },
      ],
    }),
  },
})
