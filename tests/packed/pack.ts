import { spawnSync } from 'node:child_process'
import { root } from '@keyhaven/stage/processes/process'

/** Set-up of the tests of packed packages: the tarballs that all of them install. */
export default function pack(): void {
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'pack'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the packages can’t be packed:\n${stdout}${stderr}`)
}
