import { bindingsAreShort } from './check/bindings.ts'
import { commandsExist } from './check/commands.ts'
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
import { oneFileOpens } from './check/opening.ts'
import { packagesHold } from './check/packages.ts'
import { proseIsPlain } from './check/prose.ts'
import { oneFileSigns } from './check/signing.ts'
import { nothingIsSilenced } from './check/silenced.ts'
import { testsGoThroughEntryPoints } from './check/tests.ts'
import { screensUseTokens } from './check/styles.ts'
import { foldersTouchTheirOwn } from './check/touches.ts'
import { enforce } from './sources.ts'
import type { Rule } from './sources.ts'

/** Rules of the tree, each a file of tools/check that also runs by itself. */
export const rules: Readonly<Record<string, Rule>> = {
  bindings: bindingsAreShort,
  commands: commandsExist,
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
  opening: oneFileOpens,
  packages: packagesHold,
  prose: proseIsPlain,
  signing: oneFileSigns,
  silenced: nothingIsSilenced,
  styles: screensUseTokens,
  tests: testsGoThroughEntryPoints,
  touches: foldersTouchTheirOwn,
}

if (import.meta.main) enforce(...Object.values(rules))
