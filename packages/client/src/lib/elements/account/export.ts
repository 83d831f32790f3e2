import { form } from '../kit/form.ts'
import type { Pane } from '../kit/pane.ts'
import { sectionIn, sends } from './section.ts'
import { saveFile } from './save-file.ts'

/** Saves all that the service stores of the person, as a file. */
export function exportData(pane: Pane): void {
  const { act, doing, said } = pane.words.account.export
  sectionIn(pane, (section) => ({
    body: [form(pane, { name: 'export', act, doing, look: 'kh-quiet' })],
    forms: {
      export: {
        send: sends(section, pane.auth.exportAccount, ({ file }) => {
          saveFile(file, file.name)
          return said(file.name)
        }),
      },
    },
  })).draw()
}
