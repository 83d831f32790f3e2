import { rmSync } from 'node:fs'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  createTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changing, databaseIn } from '../../../tests/stage/databases.ts'
import { newFolder, newPerson, password, send, serve } from './served.suite.ts'
import type { Person, Service } from './served.suite.ts'

const exporter = new InMemorySpanExporter()
