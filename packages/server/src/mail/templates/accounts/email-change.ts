import { defineTemplate } from '../../template.ts'

/** The link that confirms the new address of an account. It contains nothing of that account. */
export const emailChange = defineTemplate({
  values: { link: 'link', code: 'code' },
  required: ['link'],
  words: {
    en: ({ product, link, code }) => ({
      subject: `Confirm your new address for ${product}`,
      blocks: [
        { text: `This address was entered as the new address of an account at ${product}.` },
        { link, label: 'Confirm this address' },
        {
          text: 'Are you not signed in to that account in this browser? Enter this code on the page on which you requested the change:',
        },
        { code },
        {
          note: 'The link works once, for one hour. If you did not request this, do nothing: the account keeps its former address.',
        },
      ],
    }),
    de: ({ product, link, code }) => ({
      subject: `Bestätigen Sie Ihre neue Adresse für ${product}`,
      blocks: [
        { text: `Diese Adresse wurde als neue Adresse eines Kontos bei ${product} eingegeben.` },
        { link, label: 'Adresse bestätigen' },
        {
          text: 'Sind Sie in diesem Browser nicht bei diesem Konto angemeldet? Geben Sie diesen Code auf der Seite ein, auf der Sie die Adresse geändert haben:',
        },
        { code },
        {
          note: 'Der Link gilt einmal und eine Stunde lang. Wenn Sie die Adresse nicht eingegeben haben, müssen Sie nichts tun: Das Konto behält seine bisherige Adresse.',
        },
      ],
    }),
  },
})
