import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contrastOf, pairsOf, tokensIn } from '@keyhaven/server/contrast'
import { faintColours, screenFiles, strayColours, tokensFile } from '../../tools/contrast.ts'
import { root } from '@keyhaven/stage/processes/process'

const tokens = tokensIn(readFileSync(join(root, tokensFile), 'utf8'))
const pair = (over: string, under: string) => ({ over, under, least: 4.5 })

describe('the colours of the look', () => {
  it('are readable in every pair that a screen can use, in light and dark', () => {
    expect(pairsOf(tokens).length).toBeGreaterThan(50)
    expect(faintColours(tokens)).toEqual([])
  })
  it('are measured as WCAG does', () => {
    const known = tokensIn(`:root { --kh-a: oklch(0 0 0); --kh-b: oklch(1 0 0);
      --kh-c: light-dark(oklch(0.5998 0 0), var(--kh-b)); }`)
    expect(contrastOf(known, pair('kh-a', 'kh-b'), 'light')).toBeCloseTo(21, 1)
    // #808080 on white
    expect(contrastOf(known, pair('kh-c', 'kh-b'), 'light')).toBeCloseTo(3.95, 1)
    expect(contrastOf(known, pair('kh-c', 'kh-b'), 'dark')).toBe(1)
  })
  it('that a brand replaces are measured too', () => {
    const brand = tokensIn(':root { --kh-accent: oklch(0.8 0.1 90); }')
    expect(faintColours(new Map([...tokens, ...brand])).join('\n')).toContain(
      'light: kh-on-accent on kh-accent is',
    )
  })
  it('of a brand’s file are read up to its last one, or refused in a sentence', () => {
    const folder = mkdtempSync(join(tmpdir(), 'brand-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const brand = join(folder, 'brand.css')
    const measured = (css: string) => {
      writeFileSync(brand, css)
      const args = ['--conditions=keyhaven-source', join(root, 'tools/contrast.ts'), brand]
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      return { status, printed: stdout + stderr }
    }
    const sentence =
      'can’t be read: write it as oklch(0.5 0.1 185), without % and alpha, or as light-dark(oklch(…), oklch(…)).\n'
    const readable = 'light-dark(oklch(1 0 0),oklch(0.2 0 0))'
    expect(measured(':root{--kh-accent:#ff8888}')).toEqual({
      status: 1,
      printed: `The colour #ff8888 ${sentence}`,
    })
    expect(measured('a { color: #fff; }')).toEqual({
      status: 1,
      printed: `${brand} replaces no token: the names are in ${tokensFile}.\n`,
    })
    expect(measured(`:root{--kh-on-accent:${readable}}`).status).toBe(0)
  })
  it('are the only ones of every screen’s stylesheet, each in its role', () => {
    expect(screenFiles.length).toBeGreaterThan(3)
    for (const file of screenFiles) {
      const css = readFileSync(join(root, file), 'utf8')
      expect([file, ...strayColours(css, tokens)]).toEqual([file])
    }
    for (const stray of [
      'a { color: #fff; }',
      'a { background: rgb(1 2 3) }',
      'a { border: 1px solid gray; }',
      'a { color: var(--kh-hairline); }',
      'a { background: var(--kh-text); }',
      'a { color: var(--kh-nothing); }',
    ]) {
      expect(strayColours(stray, tokens)).toHaveLength(1)
    }
  })
})
