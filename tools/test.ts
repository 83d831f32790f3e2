import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { checkSteps } from './check-steps.ts'
import { packageNames, root } from './root.ts'
import { inLanes, runStep, runSteps, stepTimes } from './step.ts'
import type { Step } from './step.ts'
import { installSystemPackages } from './system-packages.ts'
import { readReport } from './test-report.ts'
import type { Count, FileTime } from './test-report.ts'

/** `npm test`: everything, on a machine with nothing but Node and npm. */
const work = `${root}/.work`
mkdirSync(work, { recursive: true })
rmSync(`${work}/logs`, { recursive: true, force: true })

/** Runs at once. Those that start processes are serial inside, and wait for a third of their time. */
const LANES = 3
/** Milliseconds since 1970: what a project builds for all of them is younger. */
const began = String(Date.now())
/** Files that are printed with their times. */
const SLOWEST = 20

const searchOfLogs: Step = {
  name: 'no credential in any log',
  command: [process.execPath, 'tools/log-secrets.ts'],
  loud: true,
}

const files: FileTime[] = []
const failures: string[] = []
await installSystemPackages()
const before = checkout()
const beside = { limit: 1500, beside: true }
const counts: Count[] = [
  // What needs the build comes behind the checks, which make it. What mostly waits is not the last
  ...(await inLanes(LANES, [
    () => runSteps(checkSteps(packageNames, true)),
    () => vitest('tests of the packages', [...packageNames, 'hashes', 'standards'], beside),
    () => vitest('tests of the server on PostgreSQL', ['server-postgres'], beside),
    () => vitest('ten tabs', ['tabs'], beside),
    () => vitest('operation on PostgreSQL', ['postgres'], beside),
    () => vitest('journeys', ['browser'], beside),
    () => vitest('failures, crashes and upgrades', ['failures'], beside),
    () => vitest('attacks and chaos', ['attacks'], beside),
    () => vitest('operation', ['operator'], beside),
    () => vitest('the quickstart with packed packages', ['packed'], beside),
  ])),
  await vitest('what measures time', ['measured'], { limit: 480 }),
  await runSteps([searchOfLogs]),
  compareCheckout(),
]
const passed = counts.reduce((sum, one) => sum + one.passed, 0)
const failed = counts.reduce((sum, one) => sum + one.failed, 0)
process.stdout.write(`\nseconds of each step; ${Math.round(performance.now() / 1000)} in all:\n`)
for (const { name, seconds } of stepTimes) printTime(seconds, name)
process.stdout.write(`seconds of the ${SLOWEST} slowest files:\n`)
const slowest = files.toSorted((one, other) => other.seconds - one.seconds).slice(0, SLOWEST)
for (const { seconds, file, project } of slowest) printTime(seconds, `${file} (${project})`)
for (const { name, good } of stepTimes) if (!good) process.stdout.write(`failed: ${name}\n`)
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`)
process.stdout.write(`screenshots of every view lie in ${work}/screenshots\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs projects and counts from their report; a run that dies, or that runs nothing, has failed. */
async function vitest(
  name: string,
  projects: readonly string[],
  how: Pick<Step, 'limit' | 'beside'>,
): Promise<Count> {
  const report = `${work}/${projects.join('-')}.json`
  rmSync(report, { force: true })
  const good = await runStep({
    name,
    loud: true,
    ...how,
    environment: { TEST_REPORT: report, TEST_BEGAN: began },
    command: [
      'vitest',
      'run',
      '--reporter=dot',
      '--reporter=./tools/test-reporter.ts',
      ...projects.flatMap((project) => ['--project', project]),
    ],
  })
  const { passed, failed, files: times, failures: its } = readReport(report)
  files.push(...times)
  failures.push(...its)
  return { passed, failed: good || failed > 0 ? failed : 1 }
}

/** What git says of this checkout; `undefined` if it is none, or git is missing. */
function checkout(): string | undefined {
  const git = spawnSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  return git.status === 0 ? git.stdout : undefined
}

/** No test may change a file that git knows, or leave one behind. */
function compareCheckout(): Count {
  const after = checkout()
  if (before === undefined) return { passed: 0, failed: 0 }
  const good = before === after
  process.stdout.write(`${good ? 'ok  ' : 'FAIL'} the checkout is as it was\n`)
  if (!good) process.stdout.write(`before:\n${before}after:\n${after}`)
  return { passed: good ? 1 : 0, failed: good ? 0 : 1 }
}

function printTime(seconds: number, what: string): void {
  process.stdout.write(`${seconds.toFixed(1).padStart(7)}  ${what}\n`)
}
