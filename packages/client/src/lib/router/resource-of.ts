import type { AnyAccess, ResourceArguments, ScopeOf } from '@keyhaven/core/access'

/** The member `resource` of a check: required, with the rule's type, if the scope has a rule. */
export type ResourceOf<A extends AnyAccess, K extends ScopeOf<A>> =
  ResourceArguments<A, K> extends []
    ? { readonly resource?: undefined }
    : ResourceArguments<A, K> extends [infer T]
      ? { readonly resource: T }
      : { readonly resource?: unknown }
