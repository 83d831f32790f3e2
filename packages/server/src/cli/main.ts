#!/usr/bin/env node
import { program } from './program.ts'
import { exitCodeOf, isHelp, report } from './report.ts'

try {
  await program.parseAsync()
} catch (error) {
  if (!isHelp(error)) report(error, process.argv.includes('--json'))
  process.exitCode = exitCodeOf(error)
}
