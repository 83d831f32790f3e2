import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { checkSteps } from './check-steps.ts'
import { packageNames, root } from './root.ts'
import { runStep, runSteps } from './step.ts'
import { installSystemPackages } from './system-packages.ts'
import type { Step } from './step.ts'

/** `npm test`: everything, on a machine with nothing but Node and npm. */
const work = `${root}/.work`
mkdirSync(work, { recursive: true })
rmSync(`${work}/logs`, { recursive: true, force: true })

interface Count {
  readonly passed: number
  readonly failed: number
}

const searchOfLogs: Step = {
  name: 'no credential in any log',
  command: [process.execPath, 'tools/log-secrets.ts'],
  loud: true,
}

await installSystemPackages()
const counts: Count[] = [
  await runSteps(checkSteps(packageNames, true)),
  await vitest('tests of the packages', packageNames, 300),
  await vitest('tests of the server on PostgreSQL', ['server-postgres'], 480),
  await vitest('journeys and attacks', ['tests'], 1500),
  await vitest('attacks and crashes on PostgreSQL', ['tests-postgres'], 900),
  await runSteps([searchOfLogs]),
]
const passed = counts.reduce((sum, one) => sum + one.passed, 0)
const failed = counts.reduce((sum, one) => sum + one.failed, 0)
process.stdout.write(`screenshots of every view lie in ${work}/screenshots\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs projects and counts from their report; a run that dies, or that runs nothing, has failed. */
async function vitest(name: string, projects: readonly string[], limit: number): Promise<Count> {
  const report = `${work}/${projects.join('-')}.json`
  rmSync(report, { force: true })
  const good = await runStep({
    name,
    limit,
    loud: true,
    command: [
      'vitest',
      'run',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...projects.flatMap((project) => ['--project', project]),
    ],
  })
  const { passed, failed, other } = readReport(report)
  // Skipped tests count as failed: none is meant to be
  const unwell = failed + other
  return { passed, failed: good || unwell > 0 ? unwell : 1 }
}

function readReport(file: string): Count & { readonly other: number } {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
    const { numTotalTests = 0, numPassedTests = 0, numFailedTests = 0 } = report
    if (numTotalTests === 0) return { passed: 0, failed: 1, other: 0 }
    const other = numTotalTests - numPassedTests - numFailedTests
    return { passed: numPassedTests, failed: numFailedTests, other }
  } catch {
    return { passed: 0, failed: 1, other: 0 }
  }
}
