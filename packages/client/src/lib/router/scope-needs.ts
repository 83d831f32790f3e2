import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'

/** What a scope's rule must be asked about: a resource of its type, or nothing if the scope has no rule. */
export type ResourceOf<A extends AnyAccess, K extends ScopeOf<A>> =
  ResourceArguments<A, K> extends []
    ? { readonly resource?: undefined }
    : ResourceArguments<A, K> extends [infer T]
      ? { readonly resource: T }
      : { readonly resource?: unknown }
