/**
 * An expression, however it was written. `apply` names an operator (`+ * / ^ neg ± ∓ ! root binom`) or a function
 * (`sin`, `log` with its base second).
 */
export type Expression =
  | { kind: 'number'; digits: string }
  | { kind: 'name'; name: string }
  | { kind: 'apply'; operator: string; to: Expression[] }

export const apply = (operator: string, ...to: Expression[]): Expression => ({ kind: 'apply', operator, to })
export const number = (digits: string): Expression => ({ kind: 'number', digits })
