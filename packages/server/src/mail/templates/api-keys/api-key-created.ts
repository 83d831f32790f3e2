import { defineTemplate } from '../../template.ts'

/** The notice that a user has made an API key. `prefix` is how it begins; `link` leads to a reset. */
export const apiKeyCreated = defineTemplate({
  values: { at: 'time', name: 'text', prefix: 'text', link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, at, name, prefix, link }) => ({
      subject: `An API key was made for your account at ${product}`,
      blocks: [
        {
          text: `An API key was made for your account at ${product} on ${at}. A program that has it can act for you.`,
        },
        { text: `Name: ${name}. The key begins with ${prefix}.` },
        {
          text: 'If this was not you, set a new password now. Then sign in, and remove the key if it is still in your list:',
        },
        { link, label: 'Set a new password' },
        { note: 'If it was you, you need to do nothing.' },
      ],
    }),
    de: ({ product, at, name, prefix, link }) => ({
      subject: `Ein API-Schlüssel für Ihr Konto bei ${product} wurde erstellt`,
      blocks: [
        {
          text: `Am ${at} wurde für Ihr Konto bei ${product} ein API-Schlüssel erstellt. Ein Programm, das ihn hat, kann für Sie handeln.`,
        },
        { text: `Name: ${name}. Der Schlüssel beginnt mit ${prefix}.` },
        {
          text: 'Wenn Sie das nicht waren, legen Sie jetzt ein neues Passwort fest. Melden Sie sich dann an und entfernen Sie den Schlüssel, wenn er noch in Ihrer Liste steht:',
        },
        { link, label: 'Neues Passwort festlegen' },
        { note: 'Wenn Sie es waren, müssen Sie nichts tun.' },
      ],
    }),
  },
})
