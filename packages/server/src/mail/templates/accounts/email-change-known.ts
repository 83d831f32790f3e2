import { defineTemplate } from '../../template.ts'

/** The notice to the owner of an address that another account wanted. */
export const emailChangeKnown = defineTemplate({
  values: { link: 'link' },
  required: ['link'],
  words: {
    en: ({ product, link }) => ({
      subject: `Your address was entered at ${product}`,
      blocks: [
        {
          text: `This address was entered as the new address of another account at ${product}, but it belongs to your account there. Nothing has changed.`,
        },
        {
          text: 'Did you want to use it for the other account? First change the address of this one:',
        },
        { link, label: 'Sign in' },
        { note: 'If you did not enter it, do nothing.' },
      ],
    }),
    de: ({ product, link }) => ({
      subject: `Ihre Adresse wurde bei ${product} eingegeben`,
      blocks: [
        {
          text: `Diese Adresse wurde als neue Adresse eines anderen Kontos bei ${product} eingegeben, aber sie gehört dort zu Ihrem Konto. Es hat sich nichts geändert.`,
        },
        {
          text: 'Wollten Sie sie für das andere Konto verwenden? Ändern Sie zuerst die Adresse dieses Kontos:',
        },
        { link, label: 'Anmelden' },
        { note: 'Wenn Sie sie nicht eingegeben haben, müssen Sie nichts tun.' },
      ],
    }),
  },
})
