interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

/**
 * Moves definitions of recursive schemas to the document's components. Zod puts them below the
 * schema that uses them but references them from the document's root, where they would be missing.
 */
export function withOpenapiComponents<D extends Document>(document: D): D {
  const definitions: Record<string, unknown> = {}
  const rest = JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') return value.replace(/^#\/\$defs\/_*/, PLACE)
    if (key !== '$defs') return value
    for (const [name, definition] of Object.entries(value as object)) {
      define(name.replace(/^_*/, ''), definition)
    }
    return undefined
  }) as D
  return {
    ...rest,
    components: { ...rest.components, schemas: { ...rest.components.schemas, ...definitions } },
  }

  function define(name: string, definition: unknown): void {
    const known = definitions[name] ?? definition
    if (JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`two schemas of the API are called ${name}: give one an id with .meta()`)
    }
    definitions[name] = definition
  }
}

const PLACE = '#/components/schemas/'
