import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { packageNames, root } from './root.ts'
import { runSteps } from './step.ts'

/** `npm run pack`: the published packages as tarballs, in the folder `packed`, named without their version. */
const folder = `${root}/packed`
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const { failed } = await runSteps([
  { name: 'build', command: [process.execPath, 'tools/build.ts'] },
  ...packageNames.map((name) => ({
    name: `pack ${name}`,
    command: ['npm', 'pack', '--silent', '--pack-destination', folder] as const,
    folder: `packages/${name}`,
  })),
])
for (const file of readdirSync(folder)) {
  renameSync(`${folder}/${file}`, `${folder}/${file.replace(/^keyhaven-([a-z]+)-.*/, '$1.tgz')}`)
}
process.exitCode = failed === 0 ? 0 : 1
