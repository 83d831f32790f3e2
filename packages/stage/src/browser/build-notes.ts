import { join } from 'node:path'
import { builtNotes, example } from '../processes/notes-app.ts'
import { root, run } from '../processes/process.ts'

/** Set-up of a run: builds the page of the example once, as it would be published. */
export default async function buildNotes(): Promise<void> {
  const vite = join(root, 'node_modules/.bin/vite')
  const build = run(
    [vite, 'build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', builtNotes],
    {
      folder: example,
    },
  )
  if ((await build.exited) !== 0) throw new Error(build.output())
}
