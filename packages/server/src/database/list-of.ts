import { OperatorNode, PrimitiveValueListNode } from 'kysely'
import type { BinaryOperationNode } from 'kysely'

/** The values of `column in (…)`; `undefined` for any other operation. */
export function listOf({
  operator,
  rightOperand,
}: BinaryOperationNode): readonly unknown[] | undefined {
  if (!OperatorNode.is(operator) || operator.operator !== 'in') return undefined
  return PrimitiveValueListNode.is(rightOperand) ? rightOperand.values : undefined
}
