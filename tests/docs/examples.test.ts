import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '@keyhaven/stage/processes/process'
import { doses } from '../doses.ts'

/** Below the checkout, so that examples find the packages. */
const folder = join(root, '.work/examples')

/** What examples take for granted: an app, and the access module of this product's own notes. */
const surroundings = {
  'surroundings.d.ts': `/// <reference types="vite/client" />
declare const app: import('express').Express
declare module '@aparajita/capacitor-secure-storage' {
  export const SecureStorage: import('@keyhaven/client/native').CapacitorSecureStorage
}
declare module 'expo-secure-store' {
  export const getItemAsync: (key: string) => Promise<string | null>
  export const setItemAsync: (key: string, value: string) => Promise<void>
  export const deleteItemAsync: (key: string) => Promise<void>
}
declare module 'react-native' {
  export const AppState: { addEventListener(name: string, listener: (state: string) => void): object }
}
`,
  'components.d.ts': `declare module '*.vue' {
  const component: import('vue').Component
  export default component
}
`,
  'router.ts': `export declare const router: import('vue-router').Router
`,
  'access.ts': `import { defineAccess } from '@keyhaven/core/access'
interface Note { readonly owner: string }
export const notes = { find: (id: string): Note => ({ owner: id }) }
export const access = defineAccess({
  scopes: ['notes:read', 'notes:write'],
  roles: { member: ['notes:read'], editor: ['notes:*'] },
  defaultRoles: ['member'],
  rules: { 'notes:write': (who, note: Note) => note.owner === who.id },
})
`,
  'claims.ts': `import { claim, defineClaims } from '@keyhaven/core/access'
import { z } from 'zod'
export const claims = defineClaims({
  plan: claim.page(z.enum(['free', 'pro'])),
  tenant: claim.server(z.string()),
})
`,
  'sign-in-form.tsx': `export declare function SignInForm(props: { onSignedIn: () => void }): import('react').ReactElement
`,
  'auth.ts': `import { createAuth } from '@keyhaven/client'
import { access } from './access.ts'
export const auth = createAuth({ access })
`,
  'tsconfig.json': JSON.stringify({
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      jsx: 'react-jsx',
      lib: ['es2024', 'dom', 'dom.iterable'],
      noUnusedLocals: false,
      noPropertyAccessFromIndexSignature: false,
    },
    include: ['.'],
  }),
}

/** Fenced examples in TypeScript or JavaScript; those with a title are the quickstart's, which is run. */
function examples(): readonly { readonly name: string; readonly text: string }[] {
  const published = ['core', 'guard', 'client', 'server'].map(
    (name) => `packages/${name}/README.md`,
  )
  const pages = ['README.md', ...published, ...globSync('docs/**/*.md', { cwd: root })]
  return pages.flatMap((page) =>
    blocksOf(page, 'tsx?|js').map(({ language, text }, at) => ({
      name: `${page.replaceAll(/[/.]/g, '-')}-${at}.${language === 'tsx' ? 'tsx' : 'ts'}`,
      text: `${text}\nexport {}\n`,
    })),
  )
}

/** The fenced blocks of a page in languages. */
function blocksOf(
  page: string,
  languages: string,
): readonly { readonly language: string; readonly text: string }[] {
  const blocks = new RegExp(`^\`\`\`(${languages})\\n([\\s\\S]*?)^\`\`\`$`, 'gm')
  return [...readFileSync(join(root, page), 'utf8').matchAll(blocks)].map(
    ([, language = '', text = '']) => ({ language, text }),
  )
}

/** An act whose result is thrown away: a statement of its own, or behind `void`. */
const ignored =
  /(?:^\+?[ \t]*(?:await +(?:\w+\.)?|auth\.)|\bvoid\b[ (]*(?:await +)?(?:\w+\.)?)(?:signIn|signUp|signOut|endSession)\(/m

describe('the examples of the documentation', () => {
  it('and the example app ignore no result of an act (browser F1, F3)', () => {
    for (const bad of [
      'await auth.signOut()',
      'onClick={() => void auth.signOut()}>',
      'async (form) => void (await auth.signUp(of(form)))}>',
    ]) {
      expect(bad).toMatch(ignored)
    }
    const apps = globSync(
      'examples/{angular,html,next,notes,react,svelte,vue}/**/*.{ts,tsx,js,vue,svelte}',
      { cwd: root },
    ).map((file) => ({
      name: file,
      text: readFileSync(join(root, file), 'utf8'),
    }))
    const readme = { name: 'README.md', text: readFileSync(join(root, 'README.md'), 'utf8') }
    expect(apps.length).toBeGreaterThan(10)
    for (const { name, text } of [...examples(), ...apps, readme])
      expect([name, ignored.exec(text)?.[0]]).toEqual([name, undefined])
  })
  it('compile, every one', () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const found = examples()
    expect(found.length).toBeGreaterThan(5)
    for (const [name, text] of Object.entries(surroundings)) writeFileSync(join(folder, name), text)
    for (const { name, text } of found) writeFileSync(join(folder, name), text)
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], {
      encoding: 'utf8',
    })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
  // A test that is skipped counts as failed
  const atWholeDose = doses.templates ? it : () => {}
  atWholeDose('are components whose templates have the types of the elements', () => {
    const place = `${folder}-of-templates`
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place, { recursive: true })
    const { 'access.ts': access, 'auth.ts': auth, 'tsconfig.json': settings } = surroundings
    const vueCompilerOptions = { strictTemplates: true }
    const strict = JSON.stringify({ ...(JSON.parse(settings) as object), vueCompilerOptions })
    const files = { 'access.ts': access, 'auth.ts': auth, 'tsconfig.json': strict }
    const bad = {
      vue: '<template><keyhaven-account :sections="1" /></template>',
      svelte: '<script lang="ts"></script><keyhaven-account sections={1}></keyhaven-account>',
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text)
    for (const { language, text } of blocksOf('docs/guides/frameworks.md', 'vue|svelte'))
      writeFileSync(join(place, `Example.${language}`), text)
    const check = (): readonly string[] =>
      [
        ['vue-tsc', '-p', place],
        ['svelte-check', '--workspace', place, '--tsconfig', join(place, 'tsconfig.json')],
      ].map(
        ([tool = '', ...flags]) =>
          spawnSync(process.execPath, [join(root, 'node_modules/.bin', tool), ...flags], {
            encoding: 'utf8',
          })
            .stdout.match(/\w+\.(vue|svelte)\b.*|\d+ errors?/g)
            ?.join(' ') ?? '',
      )
    expect(check()).toEqual(['', '0 errors'])
    for (const [language, text] of Object.entries(bad))
      writeFileSync(join(place, `Bad.${language}`), text)
    expect(check()).toEqual([
      expect.stringContaining('Bad.vue'),
      expect.stringContaining('Bad.svelte'),
    ])
  })
})
