import { globSync, readFileSync } from 'node:fs'
import { root } from './root.ts'

/** The last step of `npm test`: no log of the whole run holds a token, a signature, a cookie or a password. */
const shapes: Readonly<Record<string, RegExp>> = {
  token: /eyJ[\w-]{10,}\.[\w-]{10,}/,
  signature: /(?<![\w-])[\w-]{86}(?![\w-])/,
  'guard key': /khg_[0-9A-Za-z]{20,}/,
  'secret of 256 bits': /(?<![\w-])[\w-]{43}(?![\w-])/,
  cookie: /(?:set-)?cookie["']?\s*:|keyhaven(?:-session)?=|XSRF-TOKEN=/i,
  'authorization header': /authorization["']?\s*:|bearer\s+[\w-]{8,}/i,
  'password hash': /\$argon2/,
  'secret of an app': /otpauth:|(?<![\w-])[A-Z2-7]{32}(?![\w-])/,
  'recovery code': /(?<![\w-])[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}(?![\w-])/,
  'private key': /PRIVATE KEY|"d"\s*:/,
}

/** Every password that a test types. */
function passwordsOfTests(): string[] {
  const files = globSync(
    [
      'packages/*/{src,tests}/**/*.{test,suite}.{ts,tsx}',
      'packages/stage/src/**/*.ts',
      'tests/**/*.ts',
    ],
    {
      cwd: root,
    },
  )
  const texts = files.map((file) => readFileSync(`${root}/${file}`, 'utf8'))
  const typed = texts.flatMap((text) => [
    ...text.matchAll(/(?:password|current)\w*['"]?\s*[:=]\s*['"]([^'"\n]{8,})['"]/gi),
  ])
  return [...new Set(typed.map(([, password = '']) => password))]
}

interface Finding {
  readonly what: string
  readonly line: string
}

function credentialsIn(text: string, passwords: readonly string[]): Finding[] {
  return text
    .split('\n')
    .flatMap((line) => [
      ...Object.entries(shapes).flatMap(([what, shape]) =>
        shape.test(line) ? [{ what, line }] : [],
      ),
      ...passwords.flatMap((password) =>
        line.includes(password) ? [{ what: 'password', line }] : [],
      ),
    ])
}

/** A search that finds nothing proves something only where it would have found it. */
function requireSearchThatFinds(passwords: readonly string[]): void {
  const planted = [
    `eyJ${'a'.repeat(20)}.${'b'.repeat(20)}.${'c'.repeat(86)}`,
    'Cookie: a=b',
    `bearer ${'d'.repeat(20)}`,
    `"${'e'.repeat(43)}"`,
    `khg_${'f'.repeat(43)}`,
    '$argon2id$v=19',
    '-----BEGIN PRIVATE KEY-----',
    'otpauth://totp/a',
    `"${'A2'.repeat(16)}"`,
    '0ABCD-EFGH9',
    ...passwords,
  ]
  const missed = planted.filter((line) => credentialsIn(line, passwords).length === 0)
  if (missed.length > 0 || passwords.length === 0) throw new Error(`not found: ${missed.join()}`)
}

const passwords = passwordsOfTests()
requireSearchThatFinds(passwords)
const logs = globSync('.work/logs/*.log', { cwd: root })
let lines = 0
let found = 0
for (const file of logs) {
  const text = readFileSync(`${root}/${file}`, 'utf8')
  lines += text.split('\n').length
  for (const { what, line } of credentialsIn(text, passwords)) {
    found += 1
    if (found <= 20) process.stdout.write(`${file}: ${what} in: ${line.slice(0, 300)}\n`)
  }
}
process.stdout.write(`${logs.length} logs, ${lines} lines, ${found} credentials\n`)
process.exitCode = found === 0 && lines > 1000 ? 0 : 1
