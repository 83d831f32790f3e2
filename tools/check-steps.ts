import type { Step } from './step.ts'

/** What `npm run check` does before the tests, for these packages. */
export function checkSteps(names: readonly string[], all: boolean): readonly Step[] {
  const folders = names.map((name) => `packages/${name}`)
  const places = all ? ['.'] : folders
  const node = (script: string, ...args: string[]): Step['command'] => [
    process.execPath,
    '--conditions=keyhaven-source',
    `tools/${script}.ts`,
    ...args,
  ]
  return [
    { name: 'format', command: ['biome', 'format', ...places] },
    { name: 'lint', command: ['oxlint', '--type-aware', ...places] },
    { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
    { name: 'rules of the tree', command: node('rules') },
    { name: 'locked writes', command: node('check/locked-writes') },
    { name: 'lock file', command: node('check/lock') },
    { name: 'build', command: node('build', ...names), barrier: true },
    { name: 'exported names', command: node('exported', ...names) },
    ...(names.includes('client') ? [{ name: 'size of the client', command: node('size') }] : []),
    ...names.map(
      (name): Step => ({
        name: `publint ${name}`,
        command: ['publint', '--strict', `packages/${name}`],
      }),
    ),
    ...names.map(
      (name): Step => ({
        name: `are the types wrong: ${name}`,
        command: ['attw', '--pack', '.', '--profile', 'esm-only'],
        folder: `packages/${name}`,
      }),
    ),
  ]
}
