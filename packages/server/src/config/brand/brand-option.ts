import { noDefault } from '../default-value.ts'
import { structureRow } from '../option-row.ts'

/** The setting of the brand, as a row of the table. */
export const brandOptions = {
  brand: structureRow('KEYHAVEN_BRAND', noDefault, {
    load: async (value, folder) => {
      // What checks pictures and colours is loaded only if there is a brand
      const { readBrand } = await import('./read-brand.ts')
      return readBrand(value, folder)
    },
    sentence:
      'The path of a JSON file that dresses the pages of the service: `{ name, logo, colours: { accent } }`, with a logo that is an SVG or a PNG and colours such as #0c6b63. In code also the object itself.',
  }),
} as const
