import { writeFileSync } from 'node:fs'
import { noCycles } from './check/cycles.ts'
import { exportsAreDocumented } from './check/documented.ts'
import { filesAreShort } from './check/file-size.ts'
import { foldersAreNoted } from './check/folder-notes.ts'
import { foldersHold } from './check/folders.ts'
import { functionsAreShort } from './check/functions.ts'
import { interfacesAreSmall } from './check/interfaces.ts'
import { layersHold } from './check/layers.ts'
import { linksLead } from './check/links.ts'
import { mainExports } from './check/main-export.ts'
import { namesAreTrue } from './check/names.ts'
import { packagesHold } from './check/packages.ts'
import { proseIsPlain } from './check/prose.ts'
import { oneFileSigns } from './check/signing.ts'
import { nothingIsSilenced } from './check/silenced.ts'
import { testsGoThroughEntryPoints } from './check/tests.ts'
import { foldersTouchTheirOwn } from './check/touches.ts'
import { root } from './root.ts'
import { faultsOf, readSources } from './sources.ts'
import type { Rule } from './sources.ts'

/** Rules of the tree, each a file of tools/check that also runs by itself. */
export const rules: Readonly<Record<string, Rule>> = {
  cycles: noCycles,
  documented: exportsAreDocumented,
  'file-size': filesAreShort,
  'folder-notes': foldersAreNoted,
  folders: foldersHold,
  functions: functionsAreShort,
  interfaces: interfacesAreSmall,
  layers: layersHold,
  links: linksLead,
  'main-export': mainExports,
  names: namesAreTrue,
  packages: packagesHold,
  prose: proseIsPlain,
  signing: oneFileSigns,
  silenced: nothingIsSilenced,
  tests: testsGoThroughEntryPoints,
  touches: foldersTouchTheirOwn,
}

// All of them over one reading of the sources. `--owe` writes down what stands: for a new rule only.
if (import.meta.main) {
  const sources = readSources()
  if (process.argv.includes('--owe')) {
    const owed = Object.entries(rules).map(
      ([name, rule]) => [name, rule(sources).toSorted()] as const,
    )
    const some = Object.fromEntries(owed.filter(([, faults]) => faults.length > 0))
    writeFileSync(`${root}/tools/check/owed.json`, `${JSON.stringify(some, undefined, 2)}\n`)
  }
  const faults = Object.entries(rules).flatMap(([name, rule]) => faultsOf(name, rule, sources))
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}
