import { defineTemplate } from '../../template.ts'

/**
 * The link to set another password, after a sign-in with one that must be replaced. The code is empty in a browser
 * that has begun nothing: the answer to the sign-in sets no cookie that the code belongs to.
 */
export const resetRequired = defineTemplate({
  values: { link: 'link', code: 'code' },
  required: ['link'],
  words: {
    en: ({ product, link, code }) => ({
      subject: `Set a new password for ${product}`,
      blocks: [
        {
          text: `Your password for ${product} was right, but it must be replaced before you can sign in.`,
        },
        { link, label: 'Set a new password' },
        ...(code === ''
          ? []
          : [
              {
                text: 'Do you read this on another device? Enter this code on the page that you left:',
              },
              { code },
            ]),
        {
          note: 'The link works once, for 30 minutes. If you did not try to sign in, set a new password now: another person knows yours.',
        },
      ],
    }),
    de: ({ product, link, code }) => ({
      subject: `Neues Passwort für ${product}`,
      blocks: [
        {
          text: `Ihr Passwort für ${product} war richtig, aber Sie müssen es ersetzen, bevor Sie sich anmelden können.`,
        },
        { link, label: 'Neues Passwort festlegen' },
        ...(code === ''
          ? []
          : [
              {
                text: 'Lesen Sie das auf einem anderen Gerät? Geben Sie diesen Code auf der Seite ein, die Sie verlassen haben:',
              },
              { code },
            ]),
        {
          note: 'Der Link gilt einmal und 30 Minuten lang. Wenn Sie sich nicht anmelden wollten, legen Sie jetzt ein neues Passwort fest: Eine andere Person kennt Ihres.',
        },
      ],
    }),
  },
})
