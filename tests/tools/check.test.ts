import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/root.ts'
import { rules } from '../../tools/rules.ts'
import { readSources } from '../../tools/sources.ts'

/** What reads no TypeScript of the tree, or has a list of its own. */
const others = new Set(['demands', 'lock', 'locked-writes'])

/** For each rule files that break it, and a part of the sentence that says so. */
const broken: Readonly<
  Record<string, readonly (readonly [path: string, text: string, fault: string])[]>
> = {
  bindings: [['packages/client/src/vue.ts', 'use()\n'.repeat(61), '61 lines of code']],
  commands: [
    ['docs/operate/planted.md', 'Run `keyhaven backup`.', 'no link to `#running-a-command`'],
    ['docs/scripts.md', 'Run `npm run nothing`.', 'no script `npm run nothing`'],
    [
      'docs/commands.md',
      'Run `keyhaven accounts vanish a`.',
      'no command `keyhaven accounts vanish',
    ],
  ],
  cycles: [
    ['packages/core/src/lib/token/planted.ts', "import { x } from './planted.ts'", 'import cycle'],
  ],
  documented: [
    ['packages/core/src/lib/token/planted.ts', 'export const planted = 1', 'no comment'],
  ],
  'file-size': [['packages/core/src/lib/token/planted.ts', '\n'.repeat(301), 'over 300 lines']],
  'folder-notes': [['packages/server/src/planted/planted.ts', '', 'has no line']],
  folders: [
    ['packages/server/src/planted.ts', '', 'no entry point'],
    ['packages/server/src/planted.test.ts', '', 'no entry point'],
    ['packages/server/src/flows/planted.ts', '', 'only context.ts'],
    ['packages/server/src/flows/planted/open.ts', '', 'is no domain'],
    ['packages/server/src/endpoints/get-planted.ts', '', 'in the folder of its domain'],
    ...Array.from(
      { length: 26 },
      (_, n) => [`packages/core/src/lib/planted/f${n}.ts`, '', '26 files, more than 25'] as const,
    ),
  ],
  functions: [
    [
      'packages/core/src/lib/token/planted.ts',
      `function long() {${'\n'.repeat(80)}}`,
      'long is over 80 lines',
    ],
    [
      'packages/core/src/lib/token/wide.ts',
      'function wide(a, b, c, d) {}',
      'wide takes more than 3',
    ],
  ],
  interfaces: [
    [
      'packages/core/src/lib/token/planted.ts',
      `interface Planted {${Array.from({ length: 13 }, (_, n) => `a${n}: 1`).join(';')}}`,
      'Planted has more than 12 keys',
    ],
  ],
  layers: [
    plantedImport('stores/planted.ts', '../flows/tokens/issue.ts', 'not below it'),
    plantedImport('flows/tokens/planted.ts', '../sessions/end.ts', 'tokens is spine'),
    plantedImport('flows/keys/planted.ts', '../audit/open.ts', 'no leaf imports a leaf'),
    plantedImport('flows/keys/planted.ts', '../sign-in/sign-up.ts', 'no leaf imports a journey'),
    plantedImport('flows/recovery/planted.ts', '../sign-in/sign-up.ts', 'no journey imports'),
    plantedImport('flows/accounts/planted.ts', '../startup/purge.ts', 'only startup'),
    plantedImport('http/planted.ts', '../flows/accounts/create.ts', 'not for this layer'),
    plantedImport('model/planted.ts', '../database/database.ts', 'not for this layer'),
    plantedImport('views/planted.ts', '../stores/accounts.ts', 'types only'),
    plantedImport('endpoints/keys/planted.ts', '../audit/get-audit.ts', 'another endpoint'),
    ['packages/server/src/planted/planted.ts', '', 'no layer of the server'],
  ],
  links: [
    ['docs/planted.md', '[a page](nowhere.md)', 'nowhere.md leads to no file'],
    ['docs/adrift.md', '[a heading](../README.md#nowhere)', 'leads to no heading'],
    ['docs/lost.md', 'See `tools/nowhere.ts`.', '`tools/nowhere.ts` is no file'],
    ['docs/short.md', 'See `config/options.ts`.', '`config/options.ts` is no path'],
    ['docs/part.md', 'In `server/src/routes/<domain>.ts`.', '<domain>.ts` is no path'],
    ['docs/unproved.md', 'Proved by `nowhere.test.ts`.', 'there is no test'],
    ['docs/unlisted.md', '', 'has no line with a sentence'],
  ],
  'main-export': [
    ['packages/core/src/lib/token/planted.ts', 'export const other = 1', 'none of them named like'],
  ],
  names: [
    ['packages/core/src/lib/utils/planted.ts', '', 'says nothing'],
    ['packages/core/src/lib/helpers.ts', '', 'says nothing'],
    ['packages/core/src/lib/a/one.ts', 'export interface Planted {}', 'Planted: is a type in'],
    ['packages/core/src/lib/b/two.ts', 'export interface Planted {}', 'Planted: is a type in'],
  ],
  packages: [
    [
      'packages/core/src/lib/planted.ts',
      "import { x } from '@keyhaven/guard'",
      'core must not import',
    ],
    [
      'packages/core/src/lib/other.ts',
      "import { x } from '../../../guard/src/index.ts'",
      'reaches out',
    ],
    [
      'tests/docs/planted.ts',
      "import { x } from '../../".concat("packages/core/src/index.ts'"),
      'past the entry',
    ],
    ['examples/notes/planted.ts', "import { x } from '@keyhaven/guard/kit'", 'promises nothing'],
  ],
  prose: [
    ['docs/planted.md', 'It tells whoever asks where it was heard. '.repeat(1000), 'docs: tell'],
    ['docs/heard.md', 'heard '.repeat(1000), 'docs: hear'],
    ['docs/whoever.md', 'nobody '.repeat(1000), 'docs: whoever'],
    ['docs/where.md', 'where '.repeat(1000), 'docs: where'],
    ['docs/unaddressed.md', 'word '.repeat(100_000), 'docs: you, your'],
    ['packages/core/src/planted.ts', `/** ${'told '.repeat(1000)} */`, 'comments: tell'],
    ['packages/core/src/heard.ts', `const x = 1 // ${'heard '.repeat(1000)}`, 'comments: hear'],
  ],
  opening: [
    [
      'packages/server/src/flows/recovery/planted.ts',
      "import { openSession } from '../sessions/open.ts'",
      'only flows/sign-in/open-signed-in.ts',
    ],
  ],
  signing: [
    [
      'packages/server/src/flows/sessions/planted.ts',
      "import { issueAccessToken } from '@keyhaven/core'",
      'only flows/tokens/issue.ts',
    ],
    [
      'packages/server/src/http/planted.ts',
      "import { createPublicKey, sign } from 'node:crypto'",
      'only flows/tokens/issue.ts',
    ],
    [
      'packages/guard/src/lib/planted.ts',
      "const made = await crypto.subtle.sign('Ed25519', key, data)",
      'only flows/tokens/issue.ts',
    ],
  ],
  silenced: [
    ['packages/core/src/lib/planted.ts', 'const x: any = 1', 'uses any'],
    [
      'packages/core/src/lib/other.ts',
      '// oxlint-'.concat('disable-next-line\n'),
      'silences a check',
    ],
  ],
  styles: [
    [
      'packages/pages/src/size.css',
      'p { font-size: 17px }',
      ':1: font-size: 17px is no token; use var(--kh-size-16)',
    ],
    ['packages/pages/src/weight.css', 'p { font-weight: bold; }', 'font-weight: bold is no token'],
    ['packages/pages/src/leading.css', 'p { line-height: 1.4; }', 'use var(--kh-leading)'],
    [
      'packages/pages/src/font.css',
      'p { font: 500 1rem/1.5 var(--kh-font) }',
      'use var(--kh-weight-medium)',
    ],
    [
      'packages/pages/src/space.css',
      'p {\n  color: inherit;\n  margin: 0 auto -7px }',
      ':3: margin: 0 auto -7px is no token; use var(--kh-space-8)',
    ],
    [
      'packages/pages/src/role.css',
      'p { padding: var(--kh-size-16) }',
      'padding: var(--kh-size-16) is no token',
    ],
    [
      'packages/pages/src/sum.css',
      'p { gap: calc(2 * var(--kh-space-8) + 5em) }',
      'use var(--kh-space-64)',
    ],
    [
      'packages/pages/src/radius.css',
      '@media print { p { border-radius: 5px } }',
      'use var(--kh-radius-control)',
    ],
    ['packages/pages/src/colour.css', 'p { fill: #fff }', 'use a colour of this role'],
  ],
  tests: [
    [
      'packages/core/tests/planted.test.ts',
      "import { x } from '../src/lib/token/header.ts'",
      'entry points',
    ],
    [
      'packages/core/src/lib/token/planted.test.ts',
      "import { x } from './header.ts'",
      'that file alone',
    ],
    ...['signUp', 'signIn', 'signedIn', 'newPerson'].map(
      (name, at) =>
        [
          `tests/journeys/planted-${at}.test.ts`,
          `const ${name} = 1`,
          '; take it from @keyhaven/stage',
        ] as const,
    ),
    [
      'packages/server/tests/planted-cookies.test.ts',
      'answer.headers.'.concat('getSetCookie()'),
      'reads Set-Cookie',
    ],
  ],
  touches: [
    ['packages/server/src/http/planted.ts', "const x = process.env['X']", 'only config'],
    ['packages/server/src/flows/keys/planted.ts', 'const now = Date.now()', 'reads the clock'],
    ['packages/server/src/endpoints/keys/planted.ts', "import { sql } from 'kysely'", 'speak SQL'],
    ['packages/server/src/http/reader.ts', "request.header('cookie')", 'by @keyhaven/guard/kit'],
    ['packages/server/src/http/writer.ts', "'WWW-Authenticate': 'Bearer'", 'writes challenges by'],
    ['packages/server/src/flows/keys/act.ts', 'await appendAudit(db, row)', 'call happened'],
    ['packages/client/src/lib/planted.ts', "localStorage.getItem('x')", 'stores nothing'],
  ],
}

function plantedImport(path: string, from: string, fault: string) {
  return [`packages/server/src/${path}`, `import { x } from '${from}'`, fault] as const
}

describe('tools/check', () => {
  it('has a rule in each file, and each is broken here', () => {
    const files = globSync('tools/check/*.ts', { cwd: root })
      .map((file) => basename(file, '.ts'))
      .filter((name) => !others.has(name))
    expect(Object.keys(rules).toSorted()).toEqual(files.toSorted())
    expect(Object.keys(broken).toSorted()).toEqual(files.toSorted())
  })

  const sources = readSources()
  it.each(Object.entries(broken))('%s: finds every file that breaks it', (name, planted) => {
    const rule = rules[name] ?? (() => [])
    const before = rule(sources)
    const more = planted.map(([path, text]) => ({ path, text }))
    const found = rule([...sources, ...more]).filter((fault) => !before.includes(fault))
    for (const [path, , fault] of planted) {
      expect(
        found.filter((one) => one.includes(fault)),
        `${path}: ${fault}`,
      ).not.toEqual([])
    }
  })
})
