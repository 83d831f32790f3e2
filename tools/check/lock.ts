import { readFileSync } from 'node:fs'
import { root } from '../root.ts'

/** The lock file names no download address, and every companion of every platform is in it. */
interface Locked {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const faults: string[] = []
for (const file of ['package-lock.json', 'tools/node/package-lock.json']) {
  const { packages } = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as {
    packages: Record<string, Locked>
  }
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  for (const [path, { resolved, link, optionalDependencies = {} }] of Object.entries(packages)) {
    if (resolved !== undefined && !link) faults.push(`${file}: ${path} has a download address`)
    for (const name of Object.keys(optionalDependencies)) {
      if (!names.has(name)) faults.push(`${file}: ${path} lacks its companion ${name}`)
    }
  }
}
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
